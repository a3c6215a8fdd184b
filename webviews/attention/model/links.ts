import type { AttentionMap } from '../../../src/shared/attentionProtocol.ts';

/** Lines between groups of tokens, strongest first within each query. */
export interface Links {
  readonly queries: Int32Array;
  readonly keys: Int32Array;
  readonly weights: Float32Array;
}

export interface LinkLimits {
  /** Lines per query at most. */
  readonly topK: number;
  /** Smallest weight. */
  readonly threshold: number;
}

/** The strongest links of each row of a map. @param firstRow query of the map's first row */
export function linksOf(map: AttentionMap, firstRow: number, { topK, threshold }: LinkLimits): Links {
  const queries: number[] = [];
  const keys: number[] = [];
  const weights: number[] = [];
  for (let row = 0; row < map.rows; row += 1) {
    const factor = (map.scales[row] ?? NaN) / 255;
    if (Number.isNaN(factor)) continue;
    for (const column of strongestOfRow(map, row, topK)) {
      const weight = (map.cells[row * map.columns + column] ?? 0) * factor;
      if (weight < threshold || weight === 0) continue;
      queries.push(firstRow + row);
      keys.push(column);
      weights.push(weight);
    }
  }
  return {
    queries: Int32Array.from(queries),
    keys: Int32Array.from(keys),
    weights: Float32Array.from(weights),
  };
}

/** Columns of the largest bytes of a row, largest first; few are wanted, so they are kept in order while going through. */
function strongestOfRow({ cells, columns }: AttentionMap, row: number, count: number): readonly number[] {
  const best: number[] = [];
  const start = row * columns;
  for (let column = 0; column < columns; column += 1) {
    const byte = cells[start + column] ?? 0;
    const weakest = best[best.length - 1];
    if (best.length === count && weakest !== undefined && byte <= (cells[start + weakest] ?? 0)) continue;
    let at = best.length;
    while (at > 0 && (cells[start + (best[at - 1] ?? 0)] ?? 0) < byte) at -= 1;
    best.splice(at, 0, column);
    if (best.length > count) best.pop();
  }
  return best;
}
