import { boxStarts, sidesOf, thumbnailSide } from './boxes.ts';
import type { LayerMaps, StackMaps } from './headMaps.ts';

export interface Thumbnails {
  readonly rows: number;
  readonly columns: number;
  /** All heads, layer by layer: each `rows * columns` bytes, row-major; every head's largest is 255. */
  readonly pixels: Uint8Array;
}

/**
 * Every head as a picture of at most 48 x 48 pixels. A pixel is the mean weight of its box of cells (`boxOf`), rows of
 * NaN left out; each head is scaled so that its largest pixel is 255, and one without a number is all 0. Of pooled maps
 * the boxes are made of pooled cells, whose values are means themselves. 55 to 80 ms for 144 heads of 512 tokens.
 */
export function thumbnailsOf(stack: StackMaps): Thumbnails {
  const { queries, keys } = sidesOf(stack);
  const rows = Math.min(thumbnailSide, queries);
  const columns = Math.min(thumbnailSide, keys);
  const size = rows * columns;
  const heads = stack.layers.reduce((sum, layer) => sum + layer.heads, 0);
  const pixels = new Uint8Array(heads * size);
  const painter = { rowStarts: boxStarts(rows, queries), columnStarts: boxStarts(columns, keys) };
  const means = new Float64Array(size);
  let at = 0;
  for (const layer of stack.layers)
    for (let head = 0; head < layer.heads; head++) {
      meanBoxes(layer, head, painter, means);
      scaleToBytes(means, pixels.subarray(at, at + size));
      at += size;
    }
  return { rows, columns, pixels };
}

interface Painter {
  readonly rowStarts: Int32Array;
  readonly columnStarts: Int32Array;
}

function meanBoxes(layer: LayerMaps, head: number, painter: Painter, means: Float64Array): void {
  const { rowStarts, columnStarts } = painter;
  const { cells, scales, keys } = layer;
  const columns = columnStarts.length - 1;
  const first = head * layer.queries;
  means.fill(0);
  for (let box = 0; box + 1 < rowStarts.length; box++) {
    let counted = 0;
    const out = box * columns;
    for (let row = rowStarts[box] ?? 0; row < (rowStarts[box + 1] ?? 0); row++) {
      const scale = scales[first + row] ?? NaN;
      if (Number.isNaN(scale)) continue;
      counted++;
      addRow(cells, (first + row) * keys, scale, columnStarts, means, out);
    }
    for (let column = 0; column < columns; column++) {
      const width = (columnStarts[column + 1] ?? 0) - (columnStarts[column] ?? 0);
      means[out + column] = (means[out + column] ?? 0) / (Math.max(1, counted) * width);
    }
  }
}

/** Adds a row's boxes, each a sum of bytes times the row's scale, to `means` from `out` on. */
function addRow(
  cells: Uint8Array,
  offset: number,
  scale: number,
  columnStarts: Int32Array,
  means: Float64Array,
  out: number,
): void {
  let cell = offset;
  for (let column = 0; column + 1 < columnStarts.length; column++) {
    const end = offset + (columnStarts[column + 1] as number);
    let sum = 0;
    for (; cell < end; cell++) sum += cells[cell] as number;
    (means[out + column] as number) += sum * scale;
  }
}

function scaleToBytes(means: Float64Array, pixels: Uint8Array): void {
  let largest = 0;
  for (const mean of means) if (mean > largest) largest = mean;
  if (largest === 0) return;
  const factor = 255 / largest;
  for (let pixel = 0; pixel < pixels.length; pixel++)
    pixels[pixel] = Math.round((means[pixel] as number) * factor);
}
