import type { TextSpan } from '../../shared/textSpan.ts';

// Not String.trim: that takes U+FEFF for white space, which Unicode, Python and the tokenizers do not.
const space = /\p{White_Space}/u;

/**
 * A span of `text` without white space at its ends: some tokenizers (Metaspace, untrimmed byte-level) count the space
 * before a word as the word's. A span of nothing but white space becomes empty.
 */
export function trimSpan(text: string, start: number, end: number): TextSpan {
  let from = start;
  let to = end;
  while (from < to && space.test(text.charAt(from))) from++;
  while (to > from && space.test(text.charAt(to - 1))) to--;
  return { start: from, end: to };
}
