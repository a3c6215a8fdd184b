import type { AttentionTokens } from '../../../src/shared/attentionProtocol.ts';
import { displayPieces } from '../../../src/shared/attentionPieces.ts';

/** The passage as one string, and where in it each token stands. */
export interface ComposedText {
  readonly text: string;
  /** Start and end of token t at [2t], [2t+1]. */
  readonly spans: Uint32Array;
}

/**
 * Puts the passage together again from its tokens: their own characters with what stands between them, special tokens by
 * name, each sequence on a line of its own, and what the model wrote at the end.
 * @param texts of the sequences by number
 */
export function composeText(tokens: AttentionTokens, texts: readonly string[]): ComposedText {
  const labels = displayPieces(tokens.pieces);
  const spans = new Uint32Array(2 * tokens.pieces.length);
  let text = '';
  let before: { sequence: number; end: number } | undefined;
  tokens.pieces.forEach((_, token) => {
    const sequence = tokens.sequence[token] ?? 0;
    const start = tokens.offsets[2 * token] ?? 0;
    const end = tokens.offsets[2 * token + 1] ?? 0;
    const isWritten = tokens.special[token] !== 1 && tokens.generated[token] !== 1 && end > start;
    const own = isWritten ? (texts[sequence] ?? '').slice(start, end) : '';
    if (own !== '') {
      if (before && before.sequence !== sequence) text += '\n';
      else if (before) text += (texts[sequence] ?? '').slice(before.end, start);
      else if (text !== '') text += ' ';
      before = { sequence, end: Math.max(end, before?.sequence === sequence ? before.end : 0) };
    }
    const shown = own === '' ? (labels[token] ?? '') : own;
    // Labels show spaces and line ends by signs; in running text they are themselves.
    const isLabel = own === '' && tokens.special[token] !== 1;
    const readable = isLabel ? shown.replace(/^·/, ' ').replaceAll('↵', '\n') : shown;
    if (own === '' && text !== '' && tokens.special[token] === 1) text += ' ';
    spans[2 * token] = text.length;
    text += readable;
    spans[2 * token + 1] = text.length;
  });
  return { text, spans };
}
