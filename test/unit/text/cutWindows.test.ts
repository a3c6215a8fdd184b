import assert from 'node:assert/strict';
import { cutPairWindows, cutWindows } from '../../../src/core/text/cutWindows.ts';
import { emptyRow } from '../../../src/core/text/tokenRow.ts';
import type { TokenRow } from '../../../src/core/text/tokenRow.ts';
import type { Window } from '../../../src/core/text/window.ts';

/** [CLS] 1 2 3 ... [SEP], or [CLS] 101 102 ... [SEP] 1 2 3 ... [SEP] with question tokens. */
function row(textTokens: number, questionTokens = 0): TokenRow {
  const question = Array.from({ length: questionTokens }, (_, i) => 101 + i);
  const text = Array.from({ length: textTokens }, (_, i) => 1 + i);
  const ids = questionTokens > 0 ? [-1, ...question, -2, ...text, -2] : [-1, ...text, -2];
  const made = emptyRow(ids.length);
  ids.forEach((id, t) => {
    made.ids[t] = id;
    made.special[t] = id < 0 ? 1 : 0;
    made.sequence[t] = id < 0 ? -1 : questionTokens > 0 && id < 100 ? 1 : 0;
    made.offsets.set(id < 0 ? [0, 0] : [10 * id, 10 * id + 5], 2 * t);
    made.words[t] = id < 0 ? -1 : id;
  });
  return made;
}

const ids = (windows: readonly Window[]) => windows.map((window) => window.ids.join(' '));

describe('cutting a text into windows', () => {
  it('leaves a text that fits as it is', () => {
    const whole = row(5);
    assert.deepEqual(cutWindows(whole, 0, { maxLength: 7, stride: 3 }), [{ ...whole, position: 0 }]);
  });

  it('gives every window the special tokens and the stride of the one before', () => {
    const windows = cutWindows(row(9), 0, { maxLength: 6, stride: 1 });
    assert.deepEqual(ids(windows), ['-1 1 2 3 4 -2', '-1 4 5 6 7 -2', '-1 7 8 9 -2']);
    assert.deepEqual(
      windows.map(({ position }) => position),
      [0, 3, 6],
    );
    assert.deepEqual([...windows[1]!.offsets], [0, 0, 40, 45, 50, 55, 60, 65, 70, 75, 0, 0]);
    assert.deepEqual([...windows[2]!.special], [1, 0, 0, 0, 1]);
  });

  it('makes no last window of tokens that were all seen', () => {
    assert.deepEqual(ids(cutWindows(row(7), 0, { maxLength: 6, stride: 1 })), [
      '-1 1 2 3 4 -2',
      '-1 4 5 6 7 -2',
    ]);
  });

  it('gets ahead even when the stride is as long as a window', () => {
    const windows = cutWindows(row(5), 0, { maxLength: 5, stride: 99 });
    assert.deepEqual(ids(windows), ['-1 1 2 3 -2', '-1 2 3 4 -2', '-1 3 4 5 -2']);
  });

  it('says so when special tokens leave no room', () => {
    assert.throws(() => cutWindows(row(5), 0, { maxLength: 2, stride: 0 }), /2 tokens leave no room/);
  });

  it('repeats the question in every window', () => {
    const { windows, questionCutTo } = cutPairWindows(row(6, 2), { maxLength: 9, stride: 1 });
    assert.equal(questionCutTo, undefined);
    assert.deepEqual(ids(windows), ['-1 101 102 -2 1 2 3 4 -2', '-1 101 102 -2 4 5 6 -2']);
  });

  it('cuts a question that leaves the text no room, and says to how many tokens', () => {
    const { windows, questionCutTo } = cutPairWindows(row(40, 30), { maxLength: 32, stride: 16 });
    // 32 - 3 special tokens - stride 16 - progress 2
    assert.equal(questionCutTo, 11);
    assert.equal(windows[0]!.ids.length, 32);
    assert.deepEqual(
      [...windows[0]!.ids.subarray(1, 12)],
      Array.from({ length: 11 }, (_, i) => 101 + i),
    );
    assert.deepEqual(
      windows.map(({ position }) => position),
      [0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22],
    );
  });

  it('keeps a long question whole when the text is so short that both fit', () => {
    const { windows, questionCutTo } = cutPairWindows(row(2, 27), { maxLength: 32, stride: 16 });
    assert.equal(questionCutTo, undefined);
    assert.equal(windows.length, 1);
  });

  it('never throws over a question of any length', () => {
    for (let question = 1; question < 80; question += 13)
      for (const maxLength of [8, 16, 33, 64])
        for (const { ids: window } of cutPairWindows(row(50, question), { maxLength, stride: maxLength / 2 })
          .windows)
          assert.ok(window.length <= maxLength);
  });
});
