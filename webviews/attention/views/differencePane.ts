import type { Disposable } from '../../../src/shared/disposable.ts';
import { remember } from '../../common/remember.ts';
import type { ColorTable } from '../../common/palettes.ts';
import { pictureOf } from '../canvas/picture.ts';
import type { Axis } from '../model/axis.ts';
import { alignAxes, differenceOf } from '../model/difference.ts';
import type { Grid } from '../model/grid.ts';
import { nanRows } from '../model/grid.ts';
import type { Context } from '../page/context.ts';
import { GridPane } from './gridPane.ts';
import type { Axes } from './sideAxes.ts';

/** One side's weights, whole. */
export interface WholeGrid {
  readonly grid: Grid;
  readonly axes: Axes;
}

/** What one head does differently on two sides: left minus right, over the tokens that both have. */
export class DifferencePane implements Disposable {
  readonly #context: Context;
  readonly #pane: GridPane;
  readonly #alignRows = remember((left: Axis, right: Axis) => alignAxes(left, right));
  readonly #alignColumns = remember((left: Axis, right: Axis) => alignAxes(left, right));
  readonly #difference = remember(differenceOf);
  readonly #nanRows = remember(nanRows);
  readonly #picture = remember((grid: Grid, table: ColorTable) =>
    pictureOf(grid, table, [-grid.max, grid.max]),
  );
  #shown: { readonly grid: Grid; readonly axes: Axes; readonly tokens: number } | undefined;

  constructor(context: Context) {
    this.#context = context;
    this.#pane = new GridPane(context, {
      name: 'difference-canvas',
      label: context.say('difference'),
      side: undefined,
      describe: ({ row, column }, { axes, valueAt }) =>
        context.say('differenceAt', {
          query: axes.rows.groups[row]?.label ?? '',
          key: axes.columns.groups[column]?.label ?? '',
          difference: context.numbers.signed(valueAt({ row, column })),
        }),
    });
  }

  get element(): HTMLElement {
    return this.#pane.element;
  }

  /** Largest difference either way. */
  get max(): number {
    return this.#shown?.grid.max ?? 0;
  }

  /** How much the two sides have in common, in words. */
  get about(): string {
    const shown = this.#shown;
    return this.#context.say('differenceAbout', {
      shared: shown?.axes.rows.groups.length ?? 0,
      tokens: shown?.tokens ?? 0,
    });
  }

  load(left: WholeGrid, right: WholeGrid): void {
    const rows = this.#alignRows(left.axes.rows, right.axes.rows);
    const columns = this.#alignColumns(left.axes.columns, right.axes.columns);
    this.#shown = {
      grid: this.#difference(left.grid, right.grid, rows, columns),
      axes: { rows: rows.axis, columns: columns.axis },
      tokens: left.axes.rows.groups.length,
    };
  }

  draw(): void {
    const shown = this.#shown;
    if (!shown) return;
    const { grid, axes } = shown;
    const image = this.#picture(grid, this.#context.palettes().diverging);
    this.#pane.show({
      axes,
      layers: [{ image, row: 0, column: 0, rows: grid.rows, columns: grid.columns }],
      nanRows: this.#nanRows(grid),
      valueAt: ({ row, column }) => grid.values[row * grid.columns + column] ?? NaN,
      max: grid.max,
    });
  }

  onKey(event: KeyboardEvent): boolean {
    return this.element.isConnected && this.#pane.onKey(event);
  }

  dispose(): void {
    this.#pane.dispose();
  }
}
