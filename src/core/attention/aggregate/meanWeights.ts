import type { LayerMaps, StackMaps } from '../headMaps.ts';
import { rowTail, visibleKeys } from '../rowTail.ts';

/** What a stack's maps are like: see `rowTail` and `visibleKeys`. */
export interface MapKind {
  readonly isCausal: boolean;
  readonly pooling: number;
}

export function kindOf({ name, pooling }: StackMaps): MapKind {
  return { isCausal: name === 'decoder', pooling };
}

/** Sums of maps over heads, and how many heads each row was summed over. */
export interface WeightSums {
  /** [queries, keys]. */
  readonly weights: Float32Array;
  /** [queries]. */
  readonly counts: Int32Array;
}

export function noSums(queries: number, keys: number): WeightSums {
  return { weights: new Float32Array(queries * keys), counts: new Int32Array(queries) };
}

/**
 * Adds every head of a layer; rows of NaN are left out. What bytes lost is made good (`rowTail`): `isCausal` says which
 * zeros are a weight that was small and which are tokens that cannot be seen.
 */
export function addHeads(sums: WeightSums, layer: LayerMaps, { isCausal, pooling }: MapKind): void {
  const { heads, queries, keys, cells, scales } = layer;
  const { weights, counts } = sums;
  const whole = 1 / pooling;
  for (let head = 0; head < heads; head++)
    for (let query = 0; query < queries; query++) {
      const scale = scales[head * queries + query] as number;
      if (Number.isNaN(scale)) continue;
      (counts[query] as number)++;
      const from = (head * queries + query) * keys;
      const visible = visibleKeys(isCausal, query, queries, keys);
      let byteSum = 0;
      let zeros = 0;
      for (let cell = from; cell < from + visible; cell++) {
        const byte = cells[cell] as number;
        byteSum += byte;
        if (byte === 0) zeros++;
      }
      const tail = rowTail(byteSum, scale, zeros, whole);
      const factor = scale / 255;
      const shift = query * keys - from;
      for (let cell = from; cell < from + visible; cell++) {
        const byte = cells[cell] as number;
        (weights[cell + shift] as number) += byte === 0 ? tail : byte * factor;
      }
    }
}

/** Sums to means, in place; rows without any head are NaN. */
export function toMeans({ weights, counts }: WeightSums): Float32Array {
  const keys = counts.length === 0 ? 0 : weights.length / counts.length;
  for (const [query, count] of counts.entries()) {
    const row = weights.subarray(query * keys, (query + 1) * keys);
    if (count === 0) row.fill(NaN);
    else for (let key = 0; key < keys; key++) (row[key] as number) /= count;
  }
  return weights;
}

/** Mean over the heads of one layer, [queries, keys]. */
export function layerMean(layer: LayerMaps, kind: MapKind): Float32Array {
  const sums = noSums(layer.queries, layer.keys);
  addHeads(sums, layer, kind);
  return toMeans(sums);
}
