import { mapOfWeights } from '../../shared/attentionMaps.ts';
import type { AttentionMap, MapParams } from '../../shared/attentionProtocol.ts';
import { LoupeError } from '../../shared/errors.ts';
import { checkPlace } from './places.ts';
import type { LayerMaps } from './headMaps.ts';

/**
 * A rectangle of a head's map, copied. Without ranges: all of it. With `step` > 1 each cell is the largest of step x step
 * weights (fewer at the right and lower edge); rows of NaN are left out of it, and where all are NaN the scale is NaN.
 * Throws `attention-place-missing` for a head, row or column that is not there; `model` is for its message.
 */
export function regionOf(layer: LayerMaps, params: MapParams, model: string): AttentionMap {
  checkPlace(model, 'head', params.head, layer.heads);
  const { firstRow = 0, firstColumn = 0, step = 1 } = params;
  const { rows = layer.queries - firstRow, columns = layer.keys - firstColumn } = params;
  checkRange(model, 'row', firstRow, rows, layer.queries);
  checkRange(model, 'column', firstColumn, columns, layer.keys);
  if (!Number.isInteger(step) || step < 1)
    throw new LoupeError('internal', { reason: `the step of a map is ${step}, not a whole number above 0` });
  const rectangle = { first: params.head * layer.queries + firstRow, firstColumn, rows, columns };
  return step === 1 ? copy(layer, rectangle) : largest(layer, rectangle, step);
}

interface Rectangle {
  /** Row within the layer: head * queries + row. */
  readonly first: number;
  readonly firstColumn: number;
  readonly rows: number;
  readonly columns: number;
}

function copy(layer: LayerMaps, { first, firstColumn, rows, columns }: Rectangle): AttentionMap {
  const { keys } = layer;
  const scales = layer.scales.slice(first, first + rows);
  if (columns === keys)
    return { rows, columns, step: 1, cells: layer.cells.slice(first * keys, (first + rows) * keys), scales };
  const cells = new Uint8Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const from = (first + row) * keys + firstColumn;
    cells.set(layer.cells.subarray(from, from + columns), row * columns);
  }
  return { rows, columns, step: 1, cells, scales };
}

function largest(layer: LayerMaps, rectangle: Rectangle, step: number): AttentionMap {
  const { first, firstColumn } = rectangle;
  const rows = Math.ceil(rectangle.rows / step);
  const columns = Math.ceil(rectangle.columns / step);
  const weights = new Float32Array(rows * columns).fill(NaN);
  for (let row = 0; row < rectangle.rows; row++) {
    const scale = layer.scales[first + row] ?? NaN;
    if (Number.isNaN(scale)) continue;
    const from = (first + row) * layer.keys + firstColumn;
    const out = Math.floor(row / step) * columns;
    for (let column = 0; column < columns; column++) {
      let byte = 0;
      const end = from + Math.min((column + 1) * step, rectangle.columns);
      for (let cell = from + column * step; cell < end; cell++)
        if ((layer.cells[cell] as number) > byte) byte = layer.cells[cell] as number;
      const weight = (byte / 255) * scale;
      const before = weights[out + column] as number;
      if (!(before >= weight)) weights[out + column] = weight;
    }
  }
  return mapOfWeights(weights, rows, columns, step);
}

function checkRange(model: string, what: string, first: number, count: number, length: number): void {
  checkPlace(model, what, first, length);
  checkPlace(model, what, first + count - 1, length);
  if (count < 1) throw new LoupeError('internal', { reason: `a map of ${count} ${what}s was asked for` });
}
