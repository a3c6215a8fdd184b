import type { Window } from './window.ts';

/** A whole text (or question and text) as tokens, before it is cut into windows. */
export type TokenRow = Omit<Window, 'position'>;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A row with room for `length` tokens: all ids 0, no token special. */
export function emptyRow(length: number): Mutable<TokenRow> {
  return {
    ids: new Int32Array(length),
    typeIds: new Uint8Array(length),
    special: new Uint8Array(length),
    offsets: new Uint32Array(2 * length),
    sequence: new Int8Array(length),
    words: new Int32Array(length),
  };
}

/** The tokens of `row` in the given ranges (start inclusive, end exclusive), one after the other, as a new row. */
export function joinRanges(row: TokenRow, ranges: readonly (readonly [number, number])[]): TokenRow {
  const length = ranges.reduce((sum, [start, end]) => sum + end - start, 0);
  const joined = emptyRow(length);
  let at = 0;
  for (const [start, end] of ranges) {
    joined.ids.set(row.ids.subarray(start, end), at);
    joined.typeIds.set(row.typeIds.subarray(start, end), at);
    joined.special.set(row.special.subarray(start, end), at);
    joined.offsets.set(row.offsets.subarray(2 * start, 2 * end), 2 * at);
    joined.sequence.set(row.sequence.subarray(start, end), at);
    joined.words.set(row.words.subarray(start, end), at);
    at += end - start;
  }
  return joined;
}
