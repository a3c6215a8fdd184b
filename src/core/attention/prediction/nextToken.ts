import { argmax, softmax } from '../../tasks/scores.ts';
import { decodeByteLevel } from '../../text/byteLevel.ts';
import type { TextTokenizer } from '../../text/textTokenizer.ts';
import type { RowOutputs } from '../../text/window.ts';
import type { Readout } from './prediction.ts';
import { noOutput, shownScores } from './scores.ts';

/**
 * A language model's next token, or what stands in the place of a mask.
 * @param at the token whose logits are read; undefined: the last
 */
export function nextTokenReadout(tokenizer: TextTokenizer, at: number | undefined): Readout {
  const probabilities = (row: RowOutputs): Float64Array => {
    const { data, dims } = row['logits'] ?? noOutput('logits');
    const vocabulary = dims.at(-1) ?? 0;
    // Some graphs give the last token's logits alone.
    const rows = data.length / vocabulary;
    return softmax(data, Math.min(at ?? rows - 1, rows - 1) * vocabulary, vocabulary);
  };
  const textOf = (id: number): string => readablePiece(tokenizer.tokenText(id));
  return {
    outputs: ['logits'],
    predict(row) {
      const all = probabilities(row);
      const best = argmax(all);
      return {
        kind: 'next-token',
        text: textOf(best),
        score: all[best] ?? NaN,
        scores: shownScores(all, textOf),
      };
    },
    follow(base) {
      const best = argmax(probabilities(base));
      return (row) => probabilities(row)[best] ?? NaN;
    },
    outputToken: (_base, tokens) => at ?? tokens - 1,
  };
}

/**
 * A vocabulary's piece as text: byte-level (`Ġolá`) and Metaspace (`▁olá`) ones have their spaces back. What is no whole
 * character in byte-level writing stays as it is: part of one, or a piece that was text all along.
 */
export function readablePiece(piece: string): string {
  if (piece.includes('▁')) return piece.replaceAll('▁', ' ');
  if (!/^[\u0021-\u007e\u00a1-\u0143]*$/.test(piece)) return piece;
  const decoded = decodeByteLevel(piece);
  return decoded.includes('\uFFFD') ? piece : decoded;
}
