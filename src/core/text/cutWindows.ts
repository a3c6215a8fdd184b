import type { PairWindows, WindowOptions } from './textTokenizer.ts';
import type { Window } from './window.ts';
import { joinRanges } from './tokenRow.ts';
import type { TokenRow } from './tokenRow.ts';

/**
 * Cuts a text's tokens into windows as the Rust tokenizers do with truncation and overflow: each window has the special
 * tokens (and the question) of the whole row, windows start `room - stride` text tokens apart, the last one ends with
 * the text. Done here and not by `setTruncation`, because a stride that leaves no progress makes the Rust side panic,
 * and a panic there ends the process (tokenizers 0.22, encoding.rs, `truncate`).
 *
 * A stride of `room` or more is lowered to `room - 1`. Throws RangeError when `maxLength` leaves no room for the text.
 */
export function cutWindows(row: TokenRow, textSequence: 0 | 1, options: WindowOptions): Window[] {
  const total = row.ids.length;
  if (total <= options.maxLength) return [{ ...row, position: 0 }];
  const first = row.sequence.indexOf(textSequence);
  const end = row.sequence.lastIndexOf(textSequence) + 1;
  const count = end - first;
  const room = options.maxLength - (total - count);
  if (first < 0 || room < 1) throw new RangeError(`${options.maxLength} tokens leave no room for the text`);
  const step = room - Math.min(options.stride, room - 1);
  const windows: Window[] = [];
  for (let position = 0; ; position += step) {
    const stop = Math.min(position + room, count);
    const ranges = [
      [0, first],
      [first + position, first + stop],
      [end, total],
    ] as const;
    windows.push({ ...joinRanges(row, ranges), position });
    if (stop === count) return windows;
  }
}

/**
 * Windows over question and text. The question stays whole as long as the two fit into one window or the text has room
 * for the stride and a sixteenth of the window beyond; else its end is cut off, since each window must get ahead.
 * Throws RangeError like `cutWindows`.
 */
export function cutPairWindows(row: TokenRow, options: WindowOptions): PairWindows {
  const limit = questionLimit(row, options);
  const start = row.sequence.indexOf(0);
  const end = row.sequence.lastIndexOf(0) + 1;
  if (start < 0 || row.ids.length <= options.maxLength || end - start <= limit)
    return { windows: cutWindows(row, 1, options), questionCutTo: undefined };
  const shortened = joinRanges(row, [
    [0, start + limit],
    [end, row.ids.length],
  ]);
  return { windows: cutWindows(shortened, 1, options), questionCutTo: limit };
}

function questionLimit(row: TokenRow, options: WindowOptions): number {
  const room = options.maxLength - row.special.reduce((sum, special) => sum + special, 0);
  const progress = Math.max(1, Math.floor(options.maxLength / 16));
  return Math.max(1, room - options.stride - progress);
}
