import { labelOf, outputOf } from '../../tasks/outputs.ts';
import type { ScoredToken } from '../../tasks/entities.ts';
import { aggregate } from '../../tasks/entities.ts';
import { argmax, softmax } from '../../tasks/scores.ts';
import { continuesWord } from '../../tasks/subwords.ts';
import { trimSpan } from '../../text/trimSpan.ts';
import type { RowOutputs } from '../../text/window.ts';
import type { Readout, ReadoutContext } from './prediction.ts';

const outputName = 'logits';
/** The label of tokens that are nothing. */
const outside = 'O';

/**
 * Labels of all tokens. The text lists what was found, `words (label)`; the score is the mean probability of the
 * tokens' labels, and what is followed is the mean probability of the labels that they had.
 */
export function tokensReadout({ model, source, window, tokenizer }: ReadoutContext): Readout {
  const { description } = model;
  const { text } = source;
  const places = Array.from(window.ids.keys()).filter((t) => window.special[t] !== 1);
  const scoresAt = (row: RowOutputs): Float64Array[] => {
    const { data, dims } = outputOf(row, outputName, description, 'token-classification');
    const labels = dims.at(-1) ?? 0;
    return places.map((t) => softmax(data, t * labels, labels));
  };
  const meanOf = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  const scored = (scores: readonly Float64Array[]): ScoredToken[] =>
    places.map((t, i) => {
      const start = window.offsets[2 * t] ?? 0;
      const end = window.offsets[2 * t + 1] ?? 0;
      const subword = continuesWord(tokenizer, window.ids[t] ?? 0, text, start, end);
      return { start, end, scores: scores[i] ?? new Float64Array(0), subword };
    });
  return {
    outputs: [outputName],
    predict(row) {
      const scores = scoresAt(row);
      const found = aggregate(scored(scores), 'simple', (id) => labelOf(description, id))
        .filter(({ label }) => label !== outside)
        .map(({ start, end, label }) => {
          const span = trimSpan(text, start, end);
          return `${text.slice(span.start, span.end)} (${label})`;
        });
      const score = meanOf(scores.map((own) => own[argmax(own)] ?? 0));
      return { kind: 'tokens', text: found.length > 0 ? found.join(', ') : outside, score, scores: [] };
    },
    follow(base) {
      const labels = scoresAt(base).map(argmax);
      return (row) => meanOf(scoresAt(row).map((own, i) => own[labels[i] ?? 0] ?? 0));
    },
    outputToken: () => undefined,
  };
}
