import { mapOfWeights } from '../../../shared/attentionMaps.ts';
import type { AttentionMap } from '../../../shared/attentionProtocol.ts';
import { sidesOf } from '../boxes.ts';
import type { StackMaps } from '../headMaps.ts';
import { addHeads, kindOf, noSums, toMeans } from './meanWeights.ts';
import { checkPlace } from '../places.ts';

/**
 * Mean weight over the heads of layer `layer`, or of all layers without one, [queries, keys]. A head counts once, whatever
 * its layer; rows of NaN are left out, and a row that is NaN in every head has the scale NaN. Of pooled maps it is
 * the mean of pooled cells and `step` is the pooling. Throws `attention-place-missing`; `model` is for its message.
 */
export function meanOf(stack: StackMaps, layer: number | undefined, model: string): AttentionMap {
  const { queries, keys } = sidesOf(stack);
  if (layer !== undefined) checkPlace(model, 'layer', layer, stack.layers.length);
  const sums = noSums(queries, keys);
  for (const [index, maps] of stack.layers.entries())
    if (layer === undefined || layer === index) addHeads(sums, maps, kindOf(stack));
  return mapOfWeights(toMeans(sums), queries, keys, stack.pooling);
}
