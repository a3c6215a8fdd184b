import type { TextTokenizer } from '../text/textTokenizer.ts';

/**
 * Whether a token goes on the word of the token before it, by the rule of transformers' TokenClassificationPipeline
 * (`gather_pre_entities`): where the vocabulary marks such tokens, one whose text is not as long as what it stands for;
 * elsewhere one with no space at or before its first character. An unknown token never does.
 */
export function continuesWord(
  tokenizer: TextTokenizer,
  id: number,
  text: string,
  start: number,
  end: number,
): boolean {
  if (id === tokenizer.unknownId) return false;
  if (tokenizer.continuationPrefix === undefined)
    return start > 0 && !text.slice(start - 1, start + 1).includes(' ');
  return codePoints(tokenizer.tokenText(id)) !== codePoints(text.slice(start, end));
}

function codePoints(text: string): number {
  return Array.from(text).length;
}
