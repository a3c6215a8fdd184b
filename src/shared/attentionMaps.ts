import type { AttentionMap } from './attentionProtocol.ts';

/** Weight of a cell, 0..1; NaN in a row of NaN. */
export function weightAt(map: AttentionMap, row: number, column: number): number {
  return ((map.cells[row * map.columns + column] ?? NaN) / 255) * (map.scales[row] ?? NaN);
}

/** The largest weight of a map, 0 when it holds no number: what its colours are scaled by. */
export function largestWeight(map: Pick<AttentionMap, 'scales'>): number {
  return map.scales.reduce((largest, scale) => (scale > largest ? scale : largest), 0);
}

/** Weights [rows, columns] as bytes with a scale per row, the row's largest; a row with a NaN has the scale NaN and cells 0. */
export function mapOfWeights(
  weights: Float32Array | Float64Array,
  rows: number,
  columns: number,
  step = 1,
): AttentionMap {
  const cells = new Uint8Array(rows * columns);
  const scales = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    let scale = 0;
    for (let cell = start; cell < start + columns; cell++) {
      const weight = weights[cell] as number;
      // Once NaN it stays NaN: no comparison with it is true.
      if (weight > scale || Number.isNaN(weight)) scale = weight;
    }
    scales[row] = scale;
    if (!(scale > 0)) continue;
    for (let cell = start; cell < start + columns; cell++)
      cells[cell] = Math.round(((weights[cell] as number) / scale) * 255);
  }
  return { rows, columns, step, cells, scales };
}
