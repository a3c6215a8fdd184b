import type { Theme } from '../../common/theme.ts';
import type { HeatmapContent, Line } from './heatmap.ts';
import { labelFont } from './heatmap.ts';
import { fitText } from './text.ts';
import type { Viewport } from './viewport.ts';

/** Labels of columns lie flat when a cell is this wide, and stand upright below. */
const flatFrom = 52;
/** A label may stand out this far beyond the cells: that of a first row lower than its letters. */
const overhang = 6;

/** Paints as many labels along both sides as can be read: all, or every second, fifth, ... */
export function paintLabels(
  context: CanvasRenderingContext2D,
  content: HeatmapContent,
  viewport: Viewport,
  theme: Theme,
): void {
  context.font = labelFont(theme);
  context.fillStyle = theme.muted;
  const step = labelStep(viewport.scale, theme);
  const { seen, area } = viewport;
  context.save();
  context.beginPath();
  context.rect(0, area.y - overhang, area.x, area.height + 2 * overhang);
  context.clip();
  for (let row = firstShown(seen.row, step); row < seen.row + seen.rows; row += step)
    paintRowLabel(context, viewport, row, content.rowLabel(row));
  context.restore();
  context.save();
  context.beginPath();
  context.rect(area.x - overhang, 0, area.width + 2 * overhang, area.y);
  context.clip();
  const columnStep = viewport.scale >= flatFrom ? 1 : step;
  for (
    let column = firstShown(seen.column, columnStep);
    column < seen.column + seen.columns;
    column += columnStep
  )
    paintColumnLabel(context, viewport, column, content.columnLabel(column));
  context.restore();
}

/**
 * Paints one label again over the others, so that it is read whatever the zoom: those that it would touch are wiped out,
 * those next to them painted again.
 */
export function paintMarkedLabel(
  context: CanvasRenderingContext2D,
  content: HeatmapContent,
  viewport: Viewport,
  theme: Theme,
  mark: Line & { readonly isPinned?: boolean },
): void {
  context.font = labelFont(theme, '600');
  const height = Math.max(10, theme.fontSize * 0.85) + 4;
  const color = mark.isPinned === true ? theme.accent : theme.foreground;
  const { area } = viewport;
  if (mark.row !== undefined) {
    const { y, height: cell } = viewport.rect(mark.row, 0, 1, 1);
    const middle = y + cell / 2;
    if (middle < area.y || middle > area.y + area.height) return;
    wipe(context, theme, [0, middle - 1.5 * height, area.x - 1, 3 * height]);
    for (const row of neighbours(mark.row, viewport.scale, height, labelStep(viewport.scale, theme)))
      if (row >= viewport.seen.row && row < viewport.seen.row + viewport.seen.rows)
        paintRowLabel(context, viewport, row, content.rowLabel(row));
    context.restore();
    context.fillStyle = color;
    paintRowLabel(context, viewport, mark.row, content.rowLabel(mark.row));
  }
  if (mark.column !== undefined) {
    const { x, width: cell } = viewport.rect(0, mark.column, 1, 1);
    const middle = x + cell / 2;
    if (middle < area.x || middle > area.x + area.width) return;
    const isFlat = viewport.scale >= flatFrom;
    const width = isFlat ? cell : 3 * height;
    wipe(context, theme, [middle - width / 2, 0, width, area.y - 1]);
    const others = isFlat
      ? []
      : neighbours(mark.column, viewport.scale, height, labelStep(viewport.scale, theme));
    for (const column of others)
      if (column >= viewport.seen.column && column < viewport.seen.column + viewport.seen.columns)
        paintColumnLabel(context, viewport, column, content.columnLabel(column));
    context.restore();
    context.fillStyle = color;
    paintColumnLabel(context, viewport, mark.column, content.columnLabel(mark.column));
  }
}

/** Wipes a part of the margin, and keeps what is painted next to it, in the common style, until `restore`. */
function wipe(
  context: CanvasRenderingContext2D,
  theme: Theme,
  box: readonly [x: number, y: number, width: number, height: number],
): void {
  context.fillStyle = theme.background;
  context.fillRect(...box);
  context.save();
  context.beginPath();
  context.rect(...box);
  context.clip();
  context.font = labelFont(theme);
  context.fillStyle = theme.muted;
}

/** Labelled lines near a marked one that its label does not touch, but wiping around it does. */
function neighbours(mark: number, scale: number, height: number, step: number): readonly number[] {
  const reach = Math.ceil((2 * height) / scale);
  const found: number[] = [];
  for (let line = firstShown(mark - reach, step); line <= mark + reach; line += step)
    if (Math.abs(line - mark) * scale >= 0.9 * height) found.push(line);
  return found;
}

function paintRowLabel(
  context: CanvasRenderingContext2D,
  viewport: Viewport,
  row: number,
  label: string,
): void {
  const { y, height } = viewport.rect(row, 0, 1, 1);
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  context.fillText(fitText(context, label, viewport.area.x - 8), viewport.area.x - 5, y + height / 2);
}

function paintColumnLabel(
  context: CanvasRenderingContext2D,
  viewport: Viewport,
  column: number,
  label: string,
): void {
  const { x, width } = viewport.rect(0, column, 1, 1);
  const top = viewport.area.y - 5;
  context.textBaseline = 'middle';
  if (viewport.scale >= flatFrom) {
    context.textAlign = 'center';
    context.fillText(fitText(context, label, width - 4), x + width / 2, top - 6);
    return;
  }
  context.save();
  context.translate(x + width / 2, top);
  context.rotate(-Math.PI / 2);
  context.textAlign = 'left';
  context.fillText(fitText(context, label, viewport.area.y - 8), 0, 0);
  context.restore();
}

/** Every how many cells there is room for a label: 1, 2, 5, 10, 20, ... */
function labelStep(scale: number, theme: Theme): number {
  const needed = Math.max(10, theme.fontSize * 0.85) + 0.5;
  for (let unit = 1; ; unit *= 10)
    for (const step of [unit, 2 * unit, 5 * unit]) if (step * scale >= needed) return step;
}

const firstShown = (from: number, step: number): number => Math.ceil(from / step) * step;
