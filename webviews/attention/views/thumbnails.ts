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

/** Index of a head among all heads of its stack. */
export function headIndex(stack: AttentionStack, layer: number, head: number): number {
  return stack.heads.slice(0, layer).reduce((sum, heads) => sum + heads, 0) + head;
}
