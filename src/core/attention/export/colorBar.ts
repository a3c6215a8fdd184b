import type { Sheet } from './sheet.ts';

const width = 160;
const height = 8;

/** The scale from weight 0 to `largest`; returns its right edge. */
export function colorBar(sheet: Sheet, x: number, y: number, largest: number): number {
  const entries = Uint8Array.from({ length: 64 }, (_, step) => Math.round((step * 255) / 63));
  const cell = width / entries.length;
  for (let row = 0; row < height / cell; row++)
    sheet.items.push({
      kind: 'cells',
      x,
      y: y + row * cell,
      cell,
      rows: 1,
      columns: entries.length,
      entries,
      colors: sheet.colors,
    });
  sheet.items.push({
    kind: 'rect',
    x,
    y,
    width,
    height: Math.ceil(height / cell) * cell,
    stroke: sheet.faint,
  });
  sheet.text(x, y + height + 13, '0', { size: 9, fill: sheet.faint });
  sheet.text(x + width, y + height + 13, largest.toPrecision(3), {
    size: 9,
    fill: sheet.faint,
    anchor: 'end',
  });
  return x + width;
}
