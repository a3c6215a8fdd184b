import { LoupeError } from '../../../shared/errors.ts';
import type { LabelScore } from '../../../shared/taskProtocol.ts';

/** Alternatives that a prediction lists. */
const shown = 10;

/** The best of all scores, best first, at most 10. */
export function shownScores(scores: Float64Array, labelOf: (id: number) => string): LabelScore[] {
  const best: number[] = [];
  // A vocabulary has 150,000 entries: one pass with a short sorted list, not a sort.
  for (let id = 0; id < scores.length; id++) {
    const score = scores[id] ?? 0;
    const last = best[shown - 1];
    if (last !== undefined && score <= (scores[last] ?? 0)) continue;
    let at = best.length;
    while (at > 0 && (scores[best[at - 1] ?? 0] ?? 0) < score) at--;
    best.splice(at, 0, id);
    if (best.length > shown) best.pop();
  }
  return best.map((id) => ({ label: labelOf(id), score: scores[id] ?? 0 }));
}

export function noOutput(name: string): never {
  throw new LoupeError('internal', { reason: `output ${name} was not fetched` });
}
