import type { StackMaps } from './headMaps.ts';

/** Sides of a thumbnail in pixels, at most. */
export const thumbnailSide = 48;

/**
 * The half-open range of cells that box `index` of `boxes` covers on an axis of `length` cells (`length >= boxes >= 1`).
 * Boxes are in order, leave nothing out, and differ in size by at most one.
 */
export function boxOf(index: number, boxes: number, length: number): { start: number; end: number } {
  return { start: Math.floor((index * length) / boxes), end: Math.floor(((index + 1) * length) / boxes) };
}

/** Starts of all boxes and, last, `length`. */
export function boxStarts(boxes: number, length: number): Int32Array {
  const starts = new Int32Array(boxes + 1);
  for (let index = 0; index < boxes; index++) starts[index] = boxOf(index, boxes, length).start;
  starts[boxes] = length;
  return starts;
}

/** Rows and columns of a stack's maps; 0 without layers. All layers of a stack are over the same tokens. */
export function sidesOf(stack: StackMaps): { readonly queries: number; readonly keys: number } {
  const [layer] = stack.layers;
  return layer === undefined ? { queries: 0, keys: 0 } : { queries: layer.queries, keys: layer.keys };
}
