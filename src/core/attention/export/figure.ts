import type { Rgb } from '../../../shared/attentionColors.ts';

/** A picture as a list of things to draw, first below; units are CSS pixels (in PDF points), from the upper left. */
export interface Figure {
  readonly width: number;
  readonly height: number;
  readonly background: Rgb;
  /** One line, and a sentence or two on how to read it. */
  readonly title: string;
  readonly description: string;
  /** Names and values that go into the file's metadata, in order. */
  readonly facts: readonly Fact[];
  readonly items: readonly FigureItem[];
}

export interface Fact {
  readonly name: string;
  readonly value: string;
}

export type FigureItem = RectItem | LineItem | TextItem | CellsItem;

export interface RectItem {
  readonly kind: 'rect';
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly fill?: Rgb;
  /** A line of one pixel. */
  readonly stroke?: Rgb;
}

export interface LineItem {
  readonly kind: 'line';
  readonly from: readonly [x: number, y: number];
  readonly to: readonly [x: number, y: number];
  readonly stroke: Rgb;
  readonly width: number;
  readonly opacity: number;
}

export interface TextItem {
  readonly kind: 'text';
  /** Of the baseline's start, middle or end. */
  readonly x: number;
  readonly y: number;
  readonly anchor: 'start' | 'middle' | 'end';
  /** Upwards: turned by 90 degrees, read from below. */
  readonly isUpright: boolean;
  readonly size: number;
  readonly fill: Rgb;
  readonly text: string;
}

/** A grid of equal cells, each an entry of a colour table; cells of entry 0 are the background and not drawn. */
export interface CellsItem {
  readonly kind: 'cells';
  readonly x: number;
  readonly y: number;
  readonly cell: number;
  readonly rows: number;
  readonly columns: number;
  readonly entries: Uint8Array;
  /** RGBA, 256 entries. */
  readonly colors: Uint8ClampedArray;
}

/** Cells of one entry beside each other in one row. */
export type Run = readonly [row: number, column: number, length: number];

/** All cells but those of entry 0, as runs, by entry: the fewest rectangles that keep to rows. */
export function runsByEntry({ rows, columns, entries }: CellsItem): ReadonlyMap<number, readonly Run[]> {
  const runs = new Map<number, Run[]>();
  for (let row = 0; row < rows; row++) {
    let column = 0;
    while (column < columns) {
      const start = column;
      const entry = entries[row * columns + column] ?? 0;
      while (column < columns && entries[row * columns + column] === entry) column++;
      if (entry === 0) continue;
      const known = runs.get(entry);
      if (known === undefined) runs.set(entry, [[row, start, column - start]]);
      else known.push([row, start, column - start]);
    }
  }
  return runs;
}
