import { alignTokens } from '../../../src/shared/attentionAlign.ts';
import type { TokenGroup } from '../../../src/shared/attentionWords.ts';
import type { Axis } from './axis.ts';
import type { Grid } from './grid.ts';

/** Entries of two axes that stand for the same token or word, in order. */
export interface AlignedAxis {
  /** As in the left axis, without entries that the right one lacks. */
  readonly axis: Axis;
  readonly left: Int32Array;
  readonly right: Int32Array;
}

/** Lines up two axes by the labels of their entries; what only one of them has is left out. */
export function alignAxes(left: Axis, right: Axis): AlignedAxis {
  const labels = ({ groups }: Axis): readonly string[] => groups.map(({ label }) => label);
  const { right: partners } = alignTokens(labels(left), labels(right));
  const groups: TokenGroup[] = [];
  const places: number[] = [];
  left.groups.forEach((group, index) => {
    if ((partners[index] ?? -1) < 0) return;
    groups.push(group);
    places.push(index);
  });
  const groupOf = new Int32Array(left.groupOf.length).fill(-1);
  groups.forEach(({ first, end }, index) => groupOf.fill(index, first, end));
  return {
    axis: { groups, groupOf, isPlain: groups.length === left.groupOf.length },
    left: Int32Array.from(places),
    right: Int32Array.from(places, (place) => partners[place] ?? -1),
  };
}

/** Left minus right over what both have. `max` is the largest difference either way. */
export function differenceOf(left: Grid, right: Grid, rows: AlignedAxis, columns: AlignedAxis): Grid {
  const [height, width] = [rows.left.length, columns.left.length];
  const values = new Float32Array(height * width);
  let max = 0;
  for (let row = 0; row < height; row += 1)
    for (let column = 0; column < width; column += 1) {
      const a = left.values[(rows.left[row] ?? 0) * left.columns + (columns.left[column] ?? 0)] ?? NaN;
      const b = right.values[(rows.right[row] ?? 0) * right.columns + (columns.right[column] ?? 0)] ?? NaN;
      values[row * width + column] = a - b;
      max = Math.max(max, Math.abs(a - b) || 0);
    }
  return { rows: height, columns: width, values, max };
}
