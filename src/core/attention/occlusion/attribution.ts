import type { Attribution, DeletionCurve, Prediction } from '../../../shared/attentionProtocol.ts';
import { trimSpan } from '../../text/trimSpan.ts';
import type { RowOutputs, Window } from '../../text/window.ts';
import type { PerturbContext, Unit, Variant } from './perturb.ts';
import { runVariants, unitsOf, without } from './perturb.ts';
import { shuffled } from './random.ts';

export interface AttributionRequest {
  readonly window: Window;
  /** The texts that offsets are in, by sequence. */
  readonly texts: readonly string[];
  readonly target: Int32Array | undefined;
  readonly unit: 'word' | 'token';
  /** What stands in the place of what is taken away. */
  readonly substitute: number;
  readonly base: { readonly prediction: Prediction; readonly row: RowOutputs };
  /** Weight of every source token: attention's (last layer, from the output token) and rollout's. */
  readonly attention: Float32Array;
  readonly rollout: Float32Array | undefined;
}

/** Points of a deletion curve: 0, 10, ..., 100 % of the units taken away. */
const steps = 10;
const chances = 5;

type Ranking = readonly number[];

/**
 * Occlusion (Zeiler & Fergus 2014, arXiv:1311.2901, on words): how far the score of what the model predicts falls when a
 * word's tokens are replaced; and, as a check on every ranking of words (Samek et al. 2017, arXiv:1509.06321), how the
 * score falls as the highest-ranked are taken away together. The runs that several curves share are done once.
 */
export async function attribute(request: AttributionRequest, context: PerturbContext): Promise<Attribution> {
  const { window, texts, unit, base } = request;
  const score = context.readout.follow(base.row);
  const units = unitsOf(window, unit);
  // Runs of all sets together count for the progress.
  const after = (done: number): PerturbContext => ({
    ...context,
    onRows: (rows) => context.onRows(done + rows),
  });
  const single = await run(
    units.map((each) => [each]),
    score,
    request,
    after(0),
  );
  const start = score(base.row);
  const drops = single.map((value) => start - value);
  const rankings = rankingsOf(request, units, drops);
  const sets = rankings.flatMap(({ orders }) => orders.flatMap((order) => deletions(order, units)));
  const scores = await run([...sets, units], score, request, after(units.length));
  const end = scores.at(-1) ?? start;
  let at = 0;
  const curves = rankings.map(({ by, orders }) => {
    const own = orders.map(() => [start, ...scores.subarray(at, (at += steps - 1)), end]);
    return curveOf(by, own, start);
  });
  return {
    // Byte-level tokens hold the space before a word, which is not the word's.
    units: units.map(({ start: from, end: to, sequence }) => ({
      ...trimSpan(texts[sequence] ?? '', from, to),
      sequence,
    })),
    drops,
    base: base.prediction,
    curves,
  };
}

/** Runs that an attribution makes, for its progress. */
export function attributionRuns({ window, unit, rollout }: AttributionRequest): number {
  return unitsOf(window, unit).length + (steps - 1) * (2 + chances + (rollout ? 1 : 0)) + 1;
}

async function run(
  sets: readonly (readonly Unit[])[],
  score: (row: RowOutputs) => number,
  { window, target, substitute }: AttributionRequest,
  context: PerturbContext,
): Promise<Float32Array> {
  const variants: Variant[] = sets.map((units) => ({
    ids: without(window.ids, units, substitute),
    target,
    off: [],
  }));
  const scores = new Float32Array(variants.length);
  const onRow = (row: RowOutputs, index: number): void => void (scores[index] = score(row));
  await runVariants(variants, window.typeIds, undefined, onRow, context);
  return scores;
}

function rankingsOf(
  { attention, rollout }: AttributionRequest,
  units: readonly Unit[],
  drops: Float32Array,
): readonly { readonly by: DeletionCurve['by']; readonly orders: readonly Ranking[] }[] {
  const byWeight = (weights: Float32Array): Ranking =>
    ranked(units.map(({ tokens }) => tokens.reduce((sum, token) => sum + (weights[token] ?? 0), 0)));
  const chance = Array.from({ length: chances }, (_, seed) => shuffled(units.length, seed + 1));
  return [
    { by: 'occlusion', orders: [ranked([...drops])] },
    { by: 'attention', orders: [byWeight(attention)] },
    ...(rollout ? [{ by: 'rollout' as const, orders: [byWeight(rollout)] }] : []),
    { by: 'random', orders: chance },
  ];
}

/** Indices by value, largest first, equals in order; NaN last. */
function ranked(values: readonly number[]): Ranking {
  const known = (index: number): number => {
    const value = values[index] ?? NaN;
    return Number.isNaN(value) ? -Infinity : value;
  };
  return values
    .map((_, index) => index)
    .sort((a, b) => {
      const [first, second] = [known(a), known(b)];
      return first === second ? a - b : second - first;
    });
}

/** The units taken away at 10, 20, ..., 90 %. */
function deletions(order: Ranking, units: readonly Unit[]): Unit[][] {
  return Array.from({ length: steps - 1 }, (_, step) =>
    order
      .slice(0, Math.round(((step + 1) * units.length) / steps))
      .flatMap((index) => units.slice(index, index + 1)),
  );
}

/** The mean of some curves, and the area under it (trapezoids) as a share of the score before anything was taken away. */
function curveOf(
  by: DeletionCurve['by'],
  curves: readonly (readonly number[])[],
  base: number,
): DeletionCurve {
  const scores = Float32Array.from(
    { length: steps + 1 },
    (_, step) => curves.reduce((sum, curve) => sum + (curve[step] ?? 0), 0) / curves.length,
  );
  let area = 0;
  for (let step = 0; step < steps; step++)
    area += ((scores[step] ?? 0) + (scores[step + 1] ?? 0)) / 2 / steps;
  return { by, scores, area: area / base };
}
