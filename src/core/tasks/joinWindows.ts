import type { Window } from '../text/window.ts';
import { textTokenRange } from './tokenShares.ts';

/** Where a text token's output is read: token `token` of window `window`. */
export interface TokenPlace {
  readonly window: number;
  readonly token: number;
}

/**
 * Every token of the text once, in order. A token that two windows share is read from the one where it has more context
 * (the first of equals), but never one part of a word here and another there.
 * (transformers' pipeline decodes each window by itself and then drops the shorter of two overlapping entities, which
 * cuts entities at a window's edge: token_classification.py, `aggregate_overlapping_entities`.)
 */
export function joinWindows(windows: readonly Window[]): TokenPlace[] {
  const places: TokenPlace[] = [];
  windows.forEach((window, w) => {
    const { first, count } = textTokenRange(window);
    const following = windows[w + 1];
    const end = following ? cutBetween(window, following) : window.position + count;
    while (places.length < end) places.push({ window: w, token: first + places.length - window.position });
  });
  return places;
}

/** Position of the first token that is read from `after` and not from `before`, the window ahead of it. */
function cutBetween(before: Window, after: Window): number {
  const shared = before.position + textTokenRange(before).count - after.position;
  const { first } = textTokenRange(after);
  const middle = Math.ceil(shared / 2);
  let cut = middle;
  while (cut > 0 && after.words[first + cut - 1] === after.words[first + cut]) cut--;
  // A word longer than half of what is shared has no good place: keep the middle.
  return after.position + (cut > 0 ? cut : middle);
}
