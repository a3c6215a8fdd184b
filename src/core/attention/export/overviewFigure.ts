import type { FigureSpec } from '../../../shared/attentionProtocol.ts';
import { axesOf } from './axes.ts';
import type { Figure } from './figure.ts';
import type { FigureInput } from './figureInput.ts';
import { Sheet } from './sheet.ts';
import type { Typeface } from './typeface.ts';

const tile = 60;
const gap = 6;
const labels = 26;

/** Every head of a stack as a thumbnail, layers down, heads across; each head on its own scale. */
export function overviewFigure(
  input: FigureInput,
  spec: Extract<FigureSpec, { view: 'overview' }>,
  typeface: Typeface,
): Figure {
  const { stack } = axesOf(input, spec.stack, false);
  const sheet = new Sheet(input, spec, typeface);
  const { thumbnailRows: rows, thumbnailColumns: columns } = stack;
  const cell = tile / Math.max(rows, columns, 1);
  const place = (index: number): number => labels + index * (tile + gap);
  let thumbnail = 0;
  for (const [layer, heads] of stack.heads.entries()) {
    const y = sheet.top + place(layer);
    sheet.text(sheet.left + labels - 8, y + tile / 2 + 4, String(layer), {
      anchor: 'end',
      fill: sheet.faint,
    });
    for (let head = 0; head < heads; head++) {
      const x = sheet.left + place(head);
      const entries = stack.thumbnails.slice(thumbnail * rows * columns, ++thumbnail * rows * columns);
      sheet.items.push(
        { kind: 'cells', x, y, cell, rows, columns, entries, colors: sheet.colors },
        { kind: 'rect', x, y, width: columns * cell, height: rows * cell, stroke: sheet.faint },
      );
    }
  }
  const most = Math.max(0, ...stack.heads);
  for (let head = 0; head < most; head++)
    sheet.text(sheet.left + place(head) + tile / 2, sheet.top + labels - 8, String(head), {
      anchor: 'middle',
      fill: sheet.faint,
    });
  return sheet.finish(
    sheet.left + place(most),
    sheet.top + place(stack.heads.length),
    `${spec.stack}: all heads`,
    'Layers down, heads across, from 0; each head is scaled to its own largest mean weight.',
  );
}
