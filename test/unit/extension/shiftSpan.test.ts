import assert from 'node:assert/strict';
import { applyChanges, shiftSpan, stretchSpan } from '../../../src/extension/results/shiftSpan.ts';

const span = { start: 10, end: 20 };
const change = (start: number, removed: number, inserted: number) => ({ start, removed, inserted });

describe('a result moves with edits', () => {
  it('stays where it is when text after it changes', () => {
    assert.deepEqual(shiftSpan(span, change(20, 5, 0)), span);
    assert.deepEqual(shiftSpan(span, change(20, 0, 3)), span);
  });

  it('moves when text before it grows or shrinks', () => {
    assert.deepEqual(shiftSpan(span, change(0, 0, 7)), { start: 17, end: 27 });
    assert.deepEqual(shiftSpan(span, change(0, 10, 0)), { start: 0, end: 10 });
    assert.deepEqual(shiftSpan(span, change(4, 3, 1)), { start: 8, end: 18 });
  });

  it('moves when something is typed right before it, and stays when right after', () => {
    assert.deepEqual(shiftSpan(span, change(10, 0, 1)), { start: 11, end: 21 });
    assert.deepEqual(shiftSpan(span, change(20, 0, 1)), span);
  });

  it('goes when its own text changes: inside, at either edge, or all of it', () => {
    for (const touching of [
      change(15, 0, 1),
      change(9, 2, 2),
      change(19, 1, 0),
      change(0, 100, 100),
      change(10, 10, 10),
    ])
      assert.equal(shiftSpan(span, touching), undefined, JSON.stringify(touching));
  });

  it('follows several changes of one edit (as many carets make), in whatever order they come', () => {
    const changes = [change(2, 0, 3), change(30, 5, 0), change(5, 1, 0)];
    const expected = { start: 12, end: 22 };
    assert.deepEqual(applyChanges(span, changes, shiftSpan), expected);
    assert.deepEqual(applyChanges(span, changes.toReversed(), shiftSpan), expected);
  });

  it('agrees with what really happens to the text, for every single change of a short text', () => {
    const text = 'abcdefgh';
    for (let start = 0; start <= text.length; start++)
      for (let removed = 0; start + removed <= text.length; removed++)
        for (const put of ['', 'X', 'XYZ']) {
          const edited = text.slice(0, start) + put + text.slice(start + removed);
          const kept = shiftSpan({ start: 3, end: 6 }, change(start, removed, put.length));
          const isTouched = start < 6 && start + removed > 3;
          if (isTouched) assert.equal(kept, undefined);
          else assert.equal(edited.slice(kept!.start, kept!.end), 'def', `${start} ${removed} ${put}`);
        }
  });
});

describe('the place of an analysed text', () => {
  it('grows and shrinks with edits inside it', () => {
    assert.deepEqual(stretchSpan(span, change(12, 2, 5)), { start: 10, end: 23 });
    assert.deepEqual(stretchSpan(span, change(8, 4, 0)), { start: 8, end: 16 });
    assert.deepEqual(stretchSpan(span, change(18, 10, 1)), { start: 10, end: 19 });
  });
});
