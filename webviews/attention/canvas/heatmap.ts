import type { Disposable } from '../../../src/shared/disposable.ts';
import type { Frames } from '../../common/frames.ts';
import type { Theme } from '../../common/theme.ts';
import type { Box } from './viewport.ts';
import { Viewport } from './viewport.ts';
import { paintLabels, paintMarkedLabel } from './heatmapLabels.ts';
import { hatch } from './picture.ts';
import type { Frame, Point } from './surface.ts';
import { Surface } from './surface.ts';
import { widestLabel } from './text.ts';

export interface Cell {
  readonly row: number;
  readonly column: number;
}

/** A whole row, or a whole column. */
export interface Line {
  readonly row?: number;
  readonly column?: number;
}

/** An image of a rectangle of cells; several may lie on top of each other, the sharper last. */
export interface Layer {
  readonly image: HTMLCanvasElement;
  readonly row: number;
  readonly column: number;
  readonly rows: number;
  readonly columns: number;
}

export interface HeatmapContent {
  readonly rows: number;
  readonly columns: number;
  readonly rowLabel: (row: number) => string;
  readonly columnLabel: (column: number) => string;
  readonly layers: readonly Layer[];
  /** Rows without numbers, drawn hatched. */
  readonly nanRows: readonly number[];
}

export interface HeatmapOptions {
  readonly frames: Frames;
  readonly name: string;
  readonly label: string;
  readonly theme: () => Theme;
  readonly onHover: (cell: Cell | undefined) => void;
  readonly onPick: (cell: Cell) => void;
  /** What is seen has changed: time to ask for sharper layers. */
  readonly onMove?: (seen: Box, scale: number) => void;
}

const empty: HeatmapContent = {
  rows: 0,
  columns: 0,
  rowLabel: () => '',
  columnLabel: () => '',
  layers: [],
  nanRows: [],
};

/** A matrix on canvas: crisp cells, zoom and pan, labels of tokens along both sides, a crosshair on the cell in question. */
export class Heatmap implements Disposable {
  readonly surface: Surface;
  readonly viewport = new Viewport();
  readonly #options: HeatmapOptions;
  #content = empty;
  #marked: Cell | undefined;
  #pinned: Line | undefined;

  constructor(options: HeatmapOptions) {
    this.#options = options;
    this.surface = new Surface({
      frames: options.frames,
      name: options.name,
      label: options.label,
      role: 'application',
      paint: (context, frame) => this.#paint(context, frame),
      paintOverlay: (context) => this.#paintOverlay(context),
      onHover: (point) => options.onHover(point && this.cellAt(point)),
      onClick: (point) => {
        const cell = this.cellAt(point);
        if (cell) options.onPick(cell);
      },
      onDoubleClick: () => this.fit(),
      onDrag: (dx, dy) => this.#move(() => this.viewport.panBy(-dx, -dy)),
      onWheel: (event, point) => this.#onWheel(event, point),
    });
  }

  get content(): HeatmapContent {
    return this.#content;
  }

  /** Shows other weights. The place and zoom stay when the sides have the same lengths. */
  set content(content: HeatmapContent) {
    const isSameShape = content.rows === this.#content.rows && content.columns === this.#content.columns;
    this.#content = content;
    if (!isSameShape) this.viewport.reset(content.rows, content.columns);
    this.surface.invalidate();
  }

  /** The cell under the pointer or the keyboard. */
  set marked(cell: Cell | undefined) {
    if (cell?.row === this.#marked?.row && cell?.column === this.#marked?.column) return;
    this.#marked = cell;
    this.surface.invalidateOverlay();
  }

  /** The row (or column) that the person has chosen. */
  set pinned(line: Line | undefined) {
    if (line?.row === this.#pinned?.row && line?.column === this.#pinned?.column) return;
    this.#pinned = line;
    this.surface.invalidateOverlay();
  }

  cellAt({ x, y }: Point): Cell | undefined {
    return this.viewport.cellAt(x, y);
  }

  zoomBy(factor: number, at?: Point): void {
    this.#move(() => this.viewport.zoomBy(factor, at));
  }

  fit(): void {
    this.#move(() => this.viewport.fit());
  }

  panBy(dx: number, dy: number): void {
    this.#move(() => this.viewport.panBy(dx, dy));
  }

  /** Pans until a cell is seen. */
  reveal(cell: Cell): void {
    this.#move(() => this.viewport.reveal(cell.row, cell.column));
  }

  dispose(): void {
    this.surface.dispose();
  }

  #move(change: () => void): void {
    change();
    this.surface.invalidate();
  }

  #onWheel(event: WheelEvent, point: Point): boolean {
    if (event.ctrlKey || event.metaKey) {
      // A pinch arrives as wheel steps with ctrlKey, much finer than a wheel's.
      this.zoomBy(Math.exp(-event.deltaY * (Math.abs(event.deltaY) < 20 ? 0.02 : 0.002)), point);
      return true;
    }
    return this.viewport.canPan && (this.panBy(event.deltaX, event.deltaY), true);
  }

  #layout(context: CanvasRenderingContext2D, frame: Frame): void {
    const { rows, columns, rowLabel, columnLabel } = this.#content;
    const theme = this.#options.theme();
    context.font = labelFont(theme);
    const size = theme.fontSize;
    const widest = (count: number, label: (index: number) => string, limit: number): number =>
      Math.ceil(Math.min(widestLabel(context, count, label) * 1.1 + 12, Math.max(3 * size, limit)));
    this.viewport.resize({
      left: widest(rows, rowLabel, Math.min(11 * size, frame.width * 0.3)),
      top: widest(columns, columnLabel, Math.min(9 * size, frame.height * 0.3)),
      width: frame.width,
      height: frame.height,
      ratio: frame.ratio,
    });
  }

  #paint(context: CanvasRenderingContext2D, frame: Frame): void {
    if (this.#content.rows === 0) return;
    this.#layout(context, frame);
    const theme = this.#options.theme();
    const { viewport } = this;
    const { area } = viewport;
    context.save();
    context.beginPath();
    const edge = viewport.rect(0, 0, this.#content.rows, this.#content.columns);
    const right = Math.min(area.x + area.width, edge.x + edge.width);
    const bottom = Math.min(area.y + area.height, edge.y + edge.height);
    context.rect(area.x, area.y, right - area.x, bottom - area.y);
    context.clip();
    // Shrunk cells are averaged by the canvas; enlarged ones stay crisp.
    for (const layer of this.#content.layers) {
      const shrink = (viewport.scale * frame.ratio * layer.columns) / layer.image.width < 1;
      context.imageSmoothingEnabled = shrink;
      context.imageSmoothingQuality = 'high';
      const { x, y, width, height } = viewport.rect(layer.row, layer.column, layer.rows, layer.columns);
      context.drawImage(layer.image, x, y, width, height);
    }
    for (const row of this.#content.nanRows)
      hatch(context, viewport.rect(row, 0, 1, this.#content.columns), theme.muted);
    context.restore();
    context.strokeStyle = theme.border;
    context.lineWidth = 1;
    context.strokeRect(area.x - 0.5, area.y - 0.5, right - area.x + 1, bottom - area.y + 1);
    paintLabels(context, this.#content, viewport, theme);
    this.#options.onMove?.(viewport.seen, viewport.scale);
  }

  #paintOverlay(context: CanvasRenderingContext2D): void {
    if (this.#content.rows === 0) return;
    const theme = this.#options.theme();
    const pinned = this.#pinned;
    if (pinned) {
      this.#outline(context, pinned, theme.accent, 2);
      paintMarkedLabel(context, this.#content, this.viewport, theme, { ...pinned, isPinned: true });
    }
    const marked = this.#marked;
    if (!marked) return;
    this.#outline(context, { row: marked.row }, theme.foreground, 1);
    this.#outline(context, { column: marked.column }, theme.foreground, 1);
    paintMarkedLabel(context, this.#content, this.viewport, theme, { row: marked.row });
    paintMarkedLabel(context, this.#content, this.viewport, theme, { column: marked.column });
  }

  #outline(context: CanvasRenderingContext2D, { row, column }: Line, color: string, width: number): void {
    const { rows, columns } = this.#content;
    const rect = this.viewport.rect(
      row ?? 0,
      column ?? 0,
      row === undefined ? rows : 1,
      column === undefined ? columns : 1,
    );
    const { area } = this.viewport;
    context.save();
    context.beginPath();
    context.rect(area.x - 2, area.y - 2, area.width + 4, area.height + 4);
    context.clip();
    context.strokeStyle = color;
    context.lineWidth = width;
    // Around a cell of a pixel a frame would be three pixels of ink: a line over it says the same.
    const out = Math.min(rect.width, rect.height) < 3 ? 0 : width / 2;
    context.strokeRect(rect.x - out, rect.y - out, rect.width + 2 * out, rect.height + 2 * out);
    context.restore();
  }
}

/** The font of labels: smaller than the page's text, never below 10 pixels. */
export const labelFont = (theme: Theme, weight = ''): string =>
  `${weight} ${Math.max(10, theme.fontSize * 0.85)}px ${theme.font}`.trim();
