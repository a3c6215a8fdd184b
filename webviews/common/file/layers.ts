import { mapOfWeights } from '../../../src/shared/attentionMaps.ts';
import type {
  AttentionMap,
  HeadWeights,
  MapParams,
  TokenWeightsParams,
} from '../../../src/shared/attentionProtocol.ts';
import type { LayerCells } from './decode.ts';

/** A rectangle of a head's map, or the largest weights of step x step cells. */
export function cutMap(layer: LayerCells, params: MapParams): AttentionMap {
  const { queries, keys } = layer;
  const { head, firstRow = 0, firstColumn = 0, step = 1 } = params;
  const rows = Math.min(params.rows ?? queries, queries - firstRow);
  const columns = Math.min(params.columns ?? keys, keys - firstColumn);
  const outRows = Math.ceil(rows / step);
  const outColumns = Math.ceil(columns / step);
  const cells = new Uint8Array(outRows * outColumns);
  const scales = new Float32Array(outRows);
  const source = layer.cells.subarray(head * queries * keys, (head + 1) * queries * keys);
  const rowScales = layer.scales.subarray(head * queries, (head + 1) * queries);
  for (let out = 0; out < outRows; out += 1) {
    const from = firstRow + out * step;
    const to = Math.min(from + step, firstRow + rows);
    let scale = NaN;
    for (let row = from; row < to; row += 1) {
      const next = rowScales[row] ?? NaN;
      if (next > scale || Number.isNaN(scale)) scale = next;
    }
    scales[out] = scale;
    for (let row = from; row < to; row += 1) {
      const factor = (rowScales[row] ?? NaN) / scale;
      if (Number.isNaN(factor)) continue;
      for (let column = 0; column < columns; column += 1) {
        const at = out * outColumns + Math.floor(column / step);
        const weight = Math.round((source[row * keys + firstColumn + column] ?? 0) * factor);
        if (weight > (cells[at] ?? 0)) cells[at] = weight;
      }
    }
  }
  return { rows: outRows, columns: outColumns, step, cells, scales };
}

/** One token's row or column in every head of a layer. */
export function tokenWeights(layer: LayerCells, { token, direction }: TokenWeightsParams): HeadWeights {
  const { heads, queries, keys, cells, scales } = layer;
  const tokens = direction === 'from' ? keys : queries;
  const weights = new Float32Array(heads * tokens);
  for (let head = 0; head < heads; head += 1)
    for (let other = 0; other < tokens; other += 1) {
      const [row, column] = direction === 'from' ? [token, other] : [other, token];
      const cell = cells[(head * queries + row) * keys + column] ?? 0;
      weights[head * tokens + other] = (cell / 255) * (scales[head * queries + row] ?? NaN);
    }
  return { heads, tokens, weights };
}

/** The mean over all heads of some layers of equal sides. NaN rows are left out; a row of NaN everywhere stays NaN. */
export function meanMap(layers: readonly LayerCells[]): AttentionMap {
  const { queries, keys } = layers[0] ?? { queries: 0, keys: 0 };
  const sums = new Float64Array(queries * keys);
  for (let row = 0; row < queries; row += 1) {
    let counted = 0;
    for (const { heads, cells, scales } of layers)
      for (let head = 0; head < heads; head += 1) {
        const scale = scales[head * queries + row] ?? NaN;
        if (Number.isNaN(scale)) continue;
        counted += 1;
        const start = (head * queries + row) * keys;
        for (let key = 0; key < keys; key += 1)
          sums[row * keys + key] = (sums[row * keys + key] ?? 0) + ((cells[start + key] ?? 0) / 255) * scale;
      }
    for (let key = 0; key < keys; key += 1)
      sums[row * keys + key] = counted === 0 ? NaN : (sums[row * keys + key] ?? 0) / counted;
  }
  return mapOfWeights(sums, queries, keys);
}
