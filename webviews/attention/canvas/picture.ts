import type { ColorTable } from '../../common/palettes.ts';
import type { Grid } from '../model/grid.ts';

/**
 * Turns weights into an image of one pixel a cell.
 * @param range values of the table's first and last colour; what is beyond takes the nearest. NaN stays transparent.
 */
export function pictureOf(
  { rows, columns, values }: Pick<Grid, 'rows' | 'columns' | 'values'>,
  table: ColorTable,
  range: readonly [number, number],
): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, columns);
  canvas.height = Math.max(1, rows);
  const context = canvas.getContext('2d');
  if (context === null || rows * columns === 0) return canvas;
  const image = context.createImageData(columns, rows);
  const pixels = new Uint32Array(image.data.buffer);
  // The table has a pixel's four bytes in their order.
  const colors = new Uint32Array(table.buffer);
  const [low, high] = range;
  const factor = high > low ? 255 / (high - low) : 0;
  for (let at = 0; at < pixels.length; at += 1) {
    const place = ((values[at] as number) - low) * factor + 0.5;
    // Every weight of a map passes here when a head is opened: rounding and clamping without calls.
    if (Number.isNaN(place)) continue;
    pixels[at] = colors[place < 0 ? 0 : place >= 255 ? 255 : place | 0] as number;
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

/** A colour of a table as CSS. @param share 0..1 */
export function cssColor(table: ColorTable, share: number, alpha = 1): string {
  const index = Math.round(Math.min(1, Math.max(0, share)) * 255);
  const [red = 0, green = 0, blue = 0] = table.subarray(4 * index, 4 * index + 3);
  return alpha === 1 ? `rgb(${red} ${green} ${blue})` : `rgb(${red} ${green} ${blue} / ${alpha})`;
}

/** Fills a rectangle with thin diagonal lines: cells that are not numbers. */
export function hatch(
  context: CanvasRenderingContext2D,
  rect: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
  color: string,
): void {
  context.save();
  context.beginPath();
  context.rect(rect.x, rect.y, rect.width, rect.height);
  context.clip();
  context.beginPath();
  for (let x = rect.x - rect.height; x < rect.x + rect.width; x += 6) {
    context.moveTo(x, rect.y + rect.height);
    context.lineTo(x + rect.height, rect.y);
  }
  context.strokeStyle = color;
  context.lineWidth = 1;
  context.stroke();
  context.restore();
}
