import { mapOfWeights } from '../../../shared/attentionMaps.ts';
import type { AttentionMap } from '../../../shared/attentionProtocol.ts';
import { sidesOf } from '../boxes.ts';
import type { LayerMaps, StackMaps } from '../headMaps.ts';
import { kindOf, layerMean, type MapKind } from './meanWeights.ts';
import { matrixProduct } from './matrixProduct.ts';

/**
 * Attention rollout: the product over layers of (A + I) / 2, A the mean over heads, rows summing to 1: how much of each
 * input token reaches each token after the last layer. Abnar & Zuidema 2020, "Quantifying Attention Flow in Transformers",
 * section 3 (arXiv:2005.00928). [tokens, tokens], rows sum to 1.
 * A token whose row is NaN in all heads of a layer passes only itself on there, and its own row is NaN. Of pooled maps it
 * is the rollout of blocks of tokens, and `step` is the pooling.
 */
export function rolloutOf(stack: StackMaps): AttentionMap {
  const { side, values } = rolloutWeights(stack);
  return mapOfWeights(values, side, side, stack.pooling);
}

/** A rollout before it is rounded to bytes: rankings of words tell weights apart that are far below the row's largest. */
export interface RolloutWeights {
  /** Tokens, or blocks of `step` tokens. */
  readonly side: number;
  readonly step: number;
  /** [side, side] */
  readonly values: Float32Array;
}

/** As `rolloutOf`, unrounded. */
export function rolloutWeights(stack: StackMaps): RolloutWeights {
  const { queries: tokens } = sidesOf(stack);
  const kind = kindOf(stack);
  const isLost = new Uint8Array(tokens);
  let rollout: Float32Array | undefined;
  for (const layer of stack.layers) {
    const step = residualWeights(layer, kind, isLost);
    rollout = rollout === undefined ? step : matrixProduct(step, rollout, tokens, kind.isCausal);
  }
  const weights = rollout ?? new Float32Array(0);
  for (const [token, lost] of isLost.entries())
    if (lost === 1) weights.fill(NaN, token * tokens, (token + 1) * tokens);
  return { side: tokens, step: stack.pooling, values: weights };
}

/**
 * (A + I) / 2 of a layer, A the mean over heads with rows made to sum to 1, [tokens, tokens]. Where A is NaN or empty the
 * token keeps to itself, and where it is NaN `isLost` becomes 1.
 */
export function residualWeights(layer: LayerMaps, kind: MapKind, isLost: Uint8Array): Float32Array {
  const weights = layerMean(layer, kind);
  const tokens = layer.queries;
  for (let token = 0; token < tokens; token++) {
    const row = weights.subarray(token * tokens, (token + 1) * tokens);
    let sum = 0;
    for (const weight of row) sum += weight;
    if (Number.isNaN(sum)) isLost[token] = 1;
    if (sum > 0) for (let key = 0; key < tokens; key++) row[key] = (row[key] as number) / (2 * sum);
    else row.fill(0);
    row[token] = sum > 0 ? (row[token] as number) + 0.5 : 1;
  }
  return weights;
}
