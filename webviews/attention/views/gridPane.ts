import type { Disposable } from '../../../src/shared/disposable.ts';
import type { Cell, Layer } from '../canvas/heatmap.ts';
import { Heatmap } from '../canvas/heatmap.ts';
import type { Box } from '../canvas/viewport.ts';
import type { Context, TokenMark } from '../page/context.ts';
import type { Axes } from './sideAxes.ts';
import { chosenIndex, toggleToken } from './tokenChoice.ts';

/** What a pane shows: weights between the entries of two axes. */
export interface PaneContent {
  readonly axes: Axes;
  readonly layers: readonly Layer[];
  readonly nanRows: readonly number[];
  readonly valueAt: (cell: Cell) => number;
  /** Largest value: how strongly a document's characters are lit up is measured by it. */
  readonly max: number;
}

export interface GridPaneOptions {
  readonly name: string;
  readonly label: string;
  /** Side whose document is lit up; undefined: none (a difference belongs to no side). */
  readonly side: number | undefined;
  readonly describe: (cell: Cell, content: PaneContent) => string;
  readonly onMove?: (seen: Box, scale: number) => void;
}

/** A heatmap of tokens by tokens: hover and arrow keys name the cell, a click or P pins its row. */
export class GridPane implements Disposable {
  readonly heatmap: Heatmap;
  readonly #context: Context;
  readonly #options: GridPaneOptions;
  #content: PaneContent | undefined;
  #cursor: Cell | undefined;

  constructor(context: Context, options: GridPaneOptions) {
    this.#context = context;
    this.#options = options;
    this.heatmap = new Heatmap({
      name: options.name,
      label: options.label,
      theme: context.theme,
      frames: context.frames,
      onHover: (cell) => this.#mark(cell, false),
      onPick: (cell) => this.#pin(cell.row),
      ...(options.onMove && { onMove: options.onMove }),
    });
  }

  get element(): HTMLElement {
    return this.heatmap.surface.element;
  }

  show(content: PaneContent): void {
    this.#content = content;
    const { rows, columns } = content.axes;
    this.heatmap.content = {
      rows: rows.groups.length,
      columns: columns.groups.length,
      rowLabel: (row) => rows.groups[row]?.label ?? '',
      columnLabel: (column) => columns.groups[column]?.label ?? '',
      layers: content.layers,
      nanRows: content.nanRows,
    };
    const index = chosenIndex(this.#context, this.#options.side ?? 0, content.axes);
    const isRow = this.#context.store.state.direction === 'from';
    this.heatmap.pinned = index === undefined ? undefined : isRow ? { row: index } : { column: index };
  }

  onKey(event: KeyboardEvent): boolean {
    const zoom: Readonly<Record<string, () => void>> = {
      '+': () => this.heatmap.zoomBy(1.25),
      '=': () => this.heatmap.zoomBy(1.25),
      '-': () => this.heatmap.zoomBy(0.8),
      '0': () => this.heatmap.fit(),
    };
    const change = zoom[event.key];
    if (change) {
      change();
      return true;
    }
    if (!this.element.contains(document.activeElement)) return false;
    if (event.key === 'Enter' || event.key.toLowerCase() === 'p') {
      if (this.#cursor) this.#pin(this.#cursor.row);
      return this.#cursor !== undefined;
    }
    return this.#moveCursor(event);
  }

  dispose(): void {
    this.heatmap.dispose();
  }

  #moveCursor({ key, shiftKey }: KeyboardEvent): boolean {
    const step = shiftKey ? 10 : 1;
    const moves: Readonly<Record<string, readonly [number, number]>> = {
      ArrowUp: [-step, 0],
      ArrowDown: [step, 0],
      ArrowLeft: [0, -step],
      ArrowRight: [0, step],
      Home: [0, -Infinity],
      End: [0, Infinity],
    };
    const move = moves[key];
    const axes = this.#content?.axes;
    if (!move || !axes) return false;
    const { rows, columns } = axes;
    const from = this.#cursor ?? { row: this.#pinnedRow(axes), column: 0 };
    const within = (index: number, count: number): number => Math.max(0, Math.min(index, count - 1));
    const cell = this.#cursor
      ? {
          row: within(from.row + move[0], rows.groups.length),
          column: within(from.column + move[1], columns.groups.length),
        }
      : from;
    this.heatmap.reveal(cell);
    this.#mark(cell, true);
    return true;
  }

  #pinnedRow(axes: Axes): number {
    const index = chosenIndex(this.#context, this.#options.side ?? 0, axes);
    return this.#context.store.state.direction === 'to' ? 0 : (index ?? 0);
  }

  #mark(cell: Cell | undefined, aloud: boolean): void {
    this.heatmap.marked = cell;
    this.#cursor = cell ?? this.#cursor;
    const content = this.#content;
    if (cell && content) this.#context.tell(this.#options.describe(cell, content), aloud);
    if (this.#options.side !== undefined && content)
      this.#context.light(this.#options.side, cell ? marksOf(cell, content) : []);
  }

  #pin(row: number): void {
    const axes = this.#content?.axes;
    const group = axes?.rows.groups[row];
    if (axes && group)
      toggleToken(this.#context, this.#options.side ?? 0, axes, { group, direction: 'from' });
  }
}

/** The query in full, and the key by its weight. */
function marksOf(cell: Cell, { axes, valueAt, max }: PaneContent): readonly TokenMark[] {
  const query = axes.rows.groups[cell.row];
  const key = axes.columns.groups[cell.column];
  if (!query || !key) return [];
  const share = max > 0 ? valueAt(cell) / max : 0;
  return [
    { along: 'queries', first: query.first, end: query.end, weight: 1 },
    { along: 'keys', first: key.first, end: key.end, weight: Number.isNaN(share) ? 0 : share },
  ];
}
