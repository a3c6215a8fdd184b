import type { LayerCells } from './decode.ts';

/** Sides of a thumbnail in pixels: all cells of a short text, boxes of cells of a longer one. */
export const thumbnailSide = (tokens: number): number => Math.min(48, tokens);

/**
 * All heads of a layer as thumbnails: a pixel is the mean weight of its box of cells, rows of NaN left out; each head's
 * largest is 255. The same boxes as `thumbnailsOf` in src/core/attention, which makes those of the panel.
 */
export function thumbnailsOf({ heads, queries, keys, cells, scales }: LayerCells): Uint8Array {
  const rowStarts = boxStarts(queries);
  const columnStarts = boxStarts(keys);
  const [rows, columns] = [rowStarts.length - 1, columnStarts.length - 1];
  const pixels = new Uint8Array(heads * rows * columns);
  const means = new Float64Array(rows * columns);
  for (let head = 0; head < heads; head += 1) {
    means.fill(0);
    for (let box = 0; box < rows; box += 1) {
      let counted = 0;
      const out = means.subarray(box * columns, (box + 1) * columns);
      for (let row = rowStarts[box] ?? 0; row < (rowStarts[box + 1] ?? 0); row += 1) {
        const at = head * queries + row;
        const scale = scales[at] ?? NaN;
        if (Number.isNaN(scale)) continue;
        counted += 1;
        addRow(cells, at * keys, scale, columnStarts, out);
      }
      out.forEach((sum, column) => {
        const width = (columnStarts[column + 1] ?? 0) - (columnStarts[column] ?? 0);
        out[column] = sum / (Math.max(1, counted) * width);
      });
    }
    const largest = means.reduce((max, mean) => Math.max(max, mean), 0);
    if (largest === 0) continue;
    means.forEach((mean, at) => (pixels[head * means.length + at] = Math.round((mean / largest) * 255)));
  }
  return pixels;
}

/** Adds each box's bytes of a row, times the row's scale. The loop over all weights there are: nothing in it but a sum. */
function addRow(
  cells: Uint8Array,
  offset: number,
  scale: number,
  starts: Int32Array,
  out: Float64Array,
): void {
  let cell = offset;
  for (let column = 0; column < out.length; column += 1) {
    const end = offset + (starts[column + 1] as number);
    let sum = 0;
    for (; cell < end; cell += 1) sum += cells[cell] as number;
    out[column] = (out[column] as number) + sum * scale;
  }
}

/** First token of each box, and at last the number of tokens. Box b of n holds tokens floor(b t / n) to floor((b + 1) t / n). */
function boxStarts(tokens: number): Int32Array {
  const boxes = thumbnailSide(tokens);
  return Int32Array.from({ length: boxes + 1 }, (_, box) => Math.floor((box * tokens) / boxes));
}
