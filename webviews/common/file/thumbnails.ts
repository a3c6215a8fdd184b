import type { LayerCells } from './decode.ts';

/** Sides of a thumbnail in pixels: all cells of a short text, boxes of cells of a longer one. */
export const thumbnailSide = (tokens: number): number => Math.min(48, tokens);

/**
 * All heads of a layer as thumbnails: a pixel is the mean weight of its box of cells, rows of NaN left out; each head's
 * largest is 255. The same boxes as `thumbnailsOf` in src/core/attention, which makes those of the panel.
 */
export function thumbnailsOf({ heads, queries, keys, cells, scales }: LayerCells): Uint8Array {
  const rows = boxesOf(queries);
  const columns = boxesOf(keys);
  const size = rows.counts.length * columns.counts.length;
  const pixels = new Uint8Array(heads * size);
  for (let head = 0; head < heads; head += 1) {
    const sums = new Float64Array(size);
    const counted = new Uint32Array(rows.counts.length);
    for (let row = 0; row < queries; row += 1) {
      const scale = scales[head * queries + row] ?? NaN;
      if (Number.isNaN(scale)) continue;
      const box = rows.boxOf[row] ?? 0;
      counted[box] = (counted[box] ?? 0) + 1;
      addRow(
        cells.subarray((head * queries + row) * keys, (head * queries + row + 1) * keys),
        scale,
        columns.boxOf,
        {
          sums,
          from: box * columns.counts.length,
        },
      );
    }
    const means = sums.map((sum, at) => {
      const cellsOfBox =
        (counted[Math.floor(at / columns.counts.length)] ?? 0) *
        (columns.counts[at % columns.counts.length] ?? 0);
      return cellsOfBox === 0 ? 0 : sum / cellsOfBox;
    });
    const largest = means.reduce((max, mean) => Math.max(max, mean), 0);
    if (largest > 0)
      means.forEach((mean, at) => (pixels[head * size + at] = Math.round((mean / largest) * 255)));
  }
  return pixels;
}

function addRow(
  row: Uint8Array,
  scale: number,
  boxOf: Int32Array,
  { sums, from }: { readonly sums: Float64Array; readonly from: number },
): void {
  for (let key = 0; key < row.length; key += 1) {
    const at = from + (boxOf[key] ?? 0);
    sums[at] = (sums[at] ?? 0) + (row[key] ?? 0) * scale;
  }
}

/** Of each token its box, and of each box how many tokens it holds. Box b of n holds tokens floor(b t / n) to floor((b + 1) t / n). */
function boxesOf(tokens: number): { readonly boxOf: Int32Array; readonly counts: Int32Array } {
  const boxes = thumbnailSide(tokens);
  const boxOf = new Int32Array(tokens);
  const counts = new Int32Array(boxes);
  for (let box = 0; box < boxes; box += 1) {
    const start = Math.floor((box * tokens) / boxes);
    const end = Math.floor(((box + 1) * tokens) / boxes);
    boxOf.fill(box, start, end);
    counts[box] = end - start;
  }
  return { boxOf, counts };
}
