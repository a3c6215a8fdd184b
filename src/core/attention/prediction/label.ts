import type { ModelDescription } from '../../models/modelDescription.ts';
import { labelOf } from '../../tasks/outputs.ts';
import { argmax } from '../../tasks/scores.ts';
import { scoresOf } from '../../tasks/textClassification.ts';
import type { RowOutputs } from '../../text/window.ts';
import type { Readout } from './prediction.ts';
import { noOutput, shownScores } from './scores.ts';

/**
 * A classifier's best label, with the scores of the task: softmax, sigmoid, or a regression's raw value.
 * @param token whose last hidden state the label is read from
 */
export function labelReadout(description: ModelDescription, token: number): Readout {
  const scores = (row: RowOutputs): Float64Array =>
    scoresOf((row['logits'] ?? noOutput('logits')).data, description);
  return {
    outputs: ['logits'],
    predict(row) {
      const all = scores(row);
      const best = argmax(all);
      return {
        kind: 'label',
        text: labelOf(description, best),
        score: all[best] ?? NaN,
        scores: shownScores(all, (id) => labelOf(description, id)),
      };
    },
    follow(base) {
      const best = argmax(scores(base));
      return (row) => scores(row)[best] ?? NaN;
    },
    outputToken: () => token,
  };
}
