import type { HeadWeights, TokenWeightsParams } from '../../shared/attentionProtocol.ts';
import type { LayerMaps } from './headMaps.ts';
import { checkPlace } from './places.ts';

/**
 * One token in every head of a layer: its row (`from`: what it attends to, one weight per key) or its column (`to`: who
 * attends to it, one weight per query). Weights are 0..1; those of rows that were NaN are NaN.
 * Throws `attention-place-missing` for a token that is not there; `model` is for its message.
 */
export function tokenWeightsOf(
  layer: LayerMaps,
  token: number,
  direction: TokenWeightsParams['direction'],
  model: string,
): HeadWeights {
  const { heads, queries, keys, cells, scales } = layer;
  const isRow = direction === 'from';
  checkPlace(model, 'token', token, isRow ? queries : keys);
  const tokens = isRow ? keys : queries;
  const weights = new Float32Array(heads * tokens);
  for (let head = 0; head < heads; head++)
    for (let other = 0; other < tokens; other++) {
      const row = head * queries + (isRow ? token : other);
      const byte = cells[row * keys + (isRow ? other : token)] as number;
      weights[head * tokens + other] = (byte / 255) * (scales[row] as number);
    }
  return { heads, tokens, weights };
}
