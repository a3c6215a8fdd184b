import type { AttentionMap } from '../../../src/shared/attentionProtocol.ts';

/** Weights of a picture, row-major; rows that are not numbers hold NaN. */
export interface Grid {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
  /** Largest number in `values`, 0 when there is none. */
  readonly max: number;
}

/** A map's weights as numbers. */
export function gridOfMap(map: AttentionMap): Grid {
  const { rows, columns, cells, scales } = map;
  const values = new Float32Array(rows * columns);
  let max = 0;
  for (let row = 0; row < rows; row += 1) {
    const scale = (scales[row] ?? NaN) / 255;
    for (let at = row * columns; at < (row + 1) * columns; at += 1) {
      const value = (cells[at] ?? 0) * scale;
      values[at] = value;
      if (value > max) max = value;
    }
  }
  return { rows, columns, values, max };
}

/** Rows whose first value is not a number. */
export function nanRows({ rows, columns, values }: Grid): readonly number[] {
  const found: number[] = [];
  for (let row = 0; row < rows; row += 1) if (Number.isNaN(values[row * columns])) found.push(row);
  return found;
}

/** The largest number, 0 when there is none. */
export function maxOf(values: Float32Array): number {
  let max = 0;
  for (const value of values) if (value > max) max = value;
  return max;
}
