import type { AttentionTokens } from '../../../shared/attentionProtocol.ts';
import type { TextTokenizer } from '../../text/textTokenizer.ts';
import { joinTokens } from '../capture/input.ts';

export interface AppendContext {
  /** What the tokens follow: their own text is in no document, so their offsets are its end. */
  readonly text: string;
  readonly tokenizer: TextTokenizer;
  readonly endIds: ReadonlySet<number>;
}

/** `tokens` and, after them, those that the model wrote. */
export function appendGenerated(
  tokens: AttentionTokens,
  ids: readonly number[],
  { text, tokenizer, endIds }: AppendContext,
): AttentionTokens {
  if (ids.length === 0) return tokens;
  const pieces = ids.map((id) => tokenizer.tokenText(id));
  const isEnd = ids.map((id) => endIds.has(id));
  let word = tokens.words.reduce((last, own) => Math.max(last, own), -1);
  let isFirst = true;
  const words = pieces.map((piece, i) => {
    if (isEnd[i] === true) return -1;
    if (isFirst || startsWord(piece, tokenizer.continuationPrefix)) word++;
    isFirst = false;
    return word;
  });
  return joinTokens(tokens, {
    ids: Int32Array.from(ids),
    pieces,
    offsets: new Uint32Array(2 * ids.length).fill(text.length),
    sequence: Int8Array.from(isEnd, (end) => (end ? -1 : 0)),
    special: Uint8Array.from(isEnd, (end) => (end ? 1 : 0)),
    words: Int32Array.from(words),
    generated: new Uint8Array(ids.length).fill(1),
  });
}

/** By the marks of vocabularies: WordPiece marks what goes on a word, byte-level and Metaspace what begins one. */
function startsWord(piece: string, continuationPrefix: string | undefined): boolean {
  if (continuationPrefix !== undefined) return !piece.startsWith(continuationPrefix);
  return /^[Ġ▁Ċ]/.test(piece);
}
