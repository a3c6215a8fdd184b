import { publicReference } from '../../../shared/modelName.ts';
import {
  sequentialColors,
  themeBackgrounds,
  themeForegrounds,
  type Rgb,
} from '../../../shared/attentionColors.ts';
import type { AttentionMap, FigureSpec } from '../../../shared/attentionProtocol.ts';
import type { CellsItem, FigureItem, TextItem } from './figure.ts';
import { factsOf } from './facts.ts';
import type { Figure } from './figure.ts';
import type { FigureInput } from './figureInput.ts';
import type { Typeface } from './typeface.ts';

const margin = 16;
const titleSize = 15;
const noteSize = 10;
export const labelSize = 11;

/** Collects a figure's items below its heading. Every view starts with one. */
export class Sheet {
  readonly items: FigureItem[] = [];
  readonly typeface: Typeface;
  readonly background: Rgb;
  readonly foreground: Rgb;
  readonly colors: Uint8ClampedArray;
  readonly #input: FigureInput;
  readonly #spec: FigureSpec;

  constructor(input: FigureInput, spec: FigureSpec, typeface: Typeface) {
    this.#input = input;
    this.#spec = spec;
    this.typeface = typeface;
    this.background = themeBackgrounds[spec.theme];
    this.foreground = themeForegrounds[spec.theme];
    this.colors = sequentialColors(this.background);
  }

  /** Half-way to the background: for what matters less. */
  get faint(): Rgb {
    return this.foreground.map((part, index) => (part + (this.background[index] ?? 0)) / 2) as unknown as Rgb;
  }

  /** Left edge, and where what a view draws begins. */
  readonly left = margin;
  readonly top = margin + titleSize + 2 * noteSize + 18;

  text(
    x: number,
    y: number,
    text: string,
    more: Partial<Omit<TextItem, 'kind' | 'x' | 'y' | 'text'>> = {},
  ): void {
    if (text === '') return;
    const { anchor = 'start', isUpright = false, size = labelSize, fill = this.foreground } = more;
    this.items.push({ kind: 'text', x, y, text, anchor, isUpright, size, fill });
  }

  /** The widest of labels in pixels. */
  widest(labels: readonly string[], size: number): number {
    return labels.reduce((most, label) => Math.max(most, this.typeface.widthOf(label, size)), 0);
  }

  /** The figure, as large as its items and its heading. `width` and `height`: where the view's drawing ends. */
  finish(width: number, height: number, title: string, description: string): Figure {
    const { overview } = this.#input;
    const model = `${publicReference(overview.model.reference)} (${overview.model.architecture}, ${overview.model.precision})`;
    const heading: [string, number, Rgb, number][] = [
      [title, titleSize, this.foreground, margin + titleSize],
      [model, noteSize, this.faint, margin + titleSize + noteSize + 6],
      [description, noteSize, this.faint, margin + titleSize + 2 * noteSize + 10],
    ];
    for (const [line, size, fill, y] of heading) this.text(margin, y, line, { size, fill });
    const headingWidth = Math.max(...heading.map(([line, size]) => this.typeface.widthOf(line, size)));
    return {
      width: Math.ceil(Math.max(width, margin + headingWidth) + margin),
      height: Math.ceil(height + margin),
      background: this.background,
      title,
      description,
      facts: factsOf(this.#input, this.#spec),
      items: this.items,
    };
  }
}

/** A map's cells, coloured by weight over `largest`; rows of NaN are left to `hatchRows`. */
export function cellsOf(
  map: AttentionMap,
  largest: number,
  at: Pick<CellsItem, 'x' | 'y' | 'cell' | 'colors'>,
): CellsItem {
  const { rows, columns, cells, scales } = map;
  const entries = new Uint8Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const scale = scales[row] ?? NaN;
    if (!(scale > 0)) continue;
    const factor = scale / largest;
    for (let cell = row * columns; cell < (row + 1) * columns; cell++)
      entries[cell] = Math.round((cells[cell] ?? 0) * factor);
  }
  return { kind: 'cells', rows, columns, entries, ...at };
}

/** Lines at 45 degrees over every row of NaN. */
export function hatchRows(
  map: AttentionMap,
  x: number,
  y: number,
  cell: number,
  stroke: Rgb,
): readonly FigureItem[] {
  const items: FigureItem[] = [];
  const right = x + map.columns * cell;
  for (const [row, scale] of map.scales.entries()) {
    if (!Number.isNaN(scale)) continue;
    const bottom = y + (row + 1) * cell;
    for (let start = x; start < right; start += Math.max(3, cell / 2)) {
      const rise = Math.min(cell, right - start);
      items.push({
        kind: 'line',
        from: [start, bottom],
        to: [start + rise, bottom - rise],
        stroke,
        width: 0.6,
        opacity: 1,
      });
    }
  }
  return items;
}
