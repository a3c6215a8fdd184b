import assert from 'node:assert/strict';
import { trimSpan } from '../../../src/core/text/trimSpan.ts';

describe('a result marks words, not the space beside them', () => {
  it('at both ends', () => {
    assert.deepEqual(trimSpan('a \u00a0b c\n d', 1, 7), { start: 3, end: 6 });
  });

  it('with a byte order mark, which is no space', () => {
    assert.deepEqual(trimSpan('\uFEFFa', 0, 2), { start: 0, end: 2 });
  });

  it('and nothing where there is only space', () => {
    const { start, end } = trimSpan('a   b', 1, 4);
    assert.equal(start, end);
  });
});
