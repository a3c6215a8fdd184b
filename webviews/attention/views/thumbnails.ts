import type { AttentionStack } from '../../../src/shared/attentionProtocol.ts';
import { pictureOf } from '../canvas/picture.ts';
import type { ColorTable } from '../../common/palettes.ts';

/** All thumbnails of a stack on one canvas, to be cut out by `thumbnailRect`. */
export interface Atlas {
  readonly stack: AttentionStack;
  readonly table: ColorTable;
  readonly canvas: HTMLCanvasElement;
}

/** @param table the colours of weights */
export function createAtlas(stack: AttentionStack, table: ColorTable): Atlas {
  const count = stack.heads.reduce((sum, heads) => sum + heads, 0);
  // One thumbnail below the other: as they lie in memory, so the whole is one image.
  const canvas = pictureOf(
    {
      rows: count * stack.thumbnailRows,
      columns: stack.thumbnailColumns,
      values: Float32Array.from(stack.thumbnails),
    },
    table,
    [0, 255],
  );
  return { stack, table, canvas };
}

/**
 * Thumbnails of one stack minus those of another, head by head, on a scale of -1..1; empty squares where only one has the
 * head. Undefined when the two show different numbers of tokens: their pixels stand for different tokens then.
 */
export function createDifferenceAtlas(
  left: AttentionStack,
  right: AttentionStack,
  table: ColorTable,
): Atlas | undefined {
  if (left.thumbnailRows !== right.thumbnailRows || left.thumbnailColumns !== right.thumbnailColumns)
    return undefined;
  const size = left.thumbnailRows * left.thumbnailColumns;
  const values = new Float32Array(left.thumbnails.length).fill(NaN);
  left.heads.forEach((heads, layer) => {
    for (let head = 0; head < Math.min(heads, right.heads[layer] ?? 0); head += 1) {
      const [own, other] = [headIndex(left, layer, head) * size, headIndex(right, layer, head) * size];
      for (let at = 0; at < size; at += 1)
        values[own + at] = ((left.thumbnails[own + at] ?? 0) - (right.thumbnails[other + at] ?? 0)) / 255;
    }
  });
  const rows = values.length / left.thumbnailColumns;
  return {
    stack: left,
    table,
    canvas: pictureOf({ rows, columns: left.thumbnailColumns, values }, table, [-1, 1]),
  };
}

/** Index of a head among all heads of its stack. */
export function headIndex(stack: AttentionStack, layer: number, head: number): number {
  return stack.heads.slice(0, layer).reduce((sum, heads) => sum + heads, 0) + head;
}
