import type { LayerMaps, StackMaps } from '../headMaps.ts';
import { kindOf, layerMean } from '../aggregate/meanWeights.ts';
import type { RolloutWeights } from '../aggregate/rollout.ts';

/** A matrix of weights with a row for each query. */
interface Weights {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
}

/**
 * One weight per key, as attention has it: the mean over the heads of a layer in the row of the output token; without
 * one the mean over all rows.
 */
export function attentionWeights(
  layer: LayerMaps,
  stack: StackMaps,
  token: number | undefined,
): Float32Array {
  const values = layerMean(layer, kindOf(stack));
  return rowOf({ rows: layer.queries, columns: layer.keys, values }, token);
}

/** One weight per token from a rollout, of a pooled one spread over its blocks. */
export function aggregateWeights(
  { side, step, values }: RolloutWeights,
  token: number | undefined,
  tokens: number,
): Float32Array {
  const block = token === undefined ? undefined : Math.floor(token / step);
  const blocks = rowOf({ rows: side, columns: side, values }, block);
  return Float32Array.from({ length: tokens }, (_, t) => blocks[Math.floor(t / step)] ?? 0);
}

/** Cross-attention's weights on encoder outputs, followed through the encoder's rollout to its input tokens. */
export function throughEncoder(cross: Float32Array, { side, step, values }: RolloutWeights): Float32Array {
  const weights = new Float32Array(cross.length);
  for (let output = 0; output < cross.length; output++) {
    const row = Math.floor(output / step);
    for (let t = 0; t < weights.length; t++) {
      const reach = values[row * side + Math.floor(t / step)] ?? 0;
      // A row of NaN passes nothing on.
      if (!Number.isNaN(reach)) weights[t] = (weights[t] ?? 0) + (cross[output] ?? 0) * reach;
    }
  }
  return weights;
}

function rowOf({ rows, columns, values }: Weights, token: number | undefined): Float32Array {
  if (token !== undefined) return values.slice(token * columns, (token + 1) * columns);
  const mean = new Float32Array(columns);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    // Rows of NaN say nothing of any token.
    if (!Number.isNaN(value)) mean[i % columns] = (mean[i % columns] ?? 0) + value / rows;
  }
  return mean;
}
