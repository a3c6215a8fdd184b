import type { TextSpan } from '../../shared/textSpan.ts';

/**
 * A span of `text` without white space at its ends: some tokenizers (Metaspace, untrimmed byte-level) count the space
 * before a word as the word's. A span of nothing but white space becomes empty.
 */
export function trimSpan(text: string, start: number, end: number): TextSpan {
  const content = text.slice(start, end);
  const from = start + content.length - content.trimStart().length;
  return { start: from, end: Math.max(from, start + content.trimEnd().length) };
}
