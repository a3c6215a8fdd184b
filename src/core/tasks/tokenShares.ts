import type { Window } from '../text/window.ts';

/** Number of text tokens in a window: those of the text's sequence (the second of a pair, else the only one). */
export function textTokenRange(window: Window): { readonly first: number; readonly count: number } {
  const sequence = window.sequence.includes(1) ? 1 : 0;
  const first = window.sequence.indexOf(sequence);
  return { first, count: first < 0 ? 0 : window.sequence.lastIndexOf(sequence) + 1 - first };
}

/**
 * One weight per window of a text: its text tokens, where a token that k windows share counts 1/k in each; so the
 * weights add up to the text's number of tokens. 1 for a text without tokens.
 */
export function tokenShares(windows: readonly Window[]): number[] {
  const ranges = windows.map((window) => {
    const { count } = textTokenRange(window);
    return { start: window.position, end: window.position + count };
  });
  const total = ranges.reduce((end, range) => Math.max(end, range.end), 0);
  if (total === 0) return windows.map(() => 1);
  const holders = new Uint16Array(total);
  for (const { start, end } of ranges) for (let t = start; t < end; t++) holders[t] = (holders[t] ?? 0) + 1;
  return ranges.map(({ start, end }) => {
    let share = 0;
    for (let t = start; t < end; t++) share += 1 / (holders[t] ?? 1);
    return share;
  });
}
