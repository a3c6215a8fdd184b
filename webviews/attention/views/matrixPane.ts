import type { AttentionMap, AttentionStack, HeadAddress } from '../../../src/shared/attentionProtocol.ts';
import { groupMap } from '../../../src/shared/attentionWords.ts';
import type { ColorTable } from '../../common/palettes.ts';
import type { Disposable } from '../../../src/shared/disposable.ts';
import type { Loadable } from '../../common/questions.ts';
import { remember } from '../../common/remember.ts';
import type { Cell, Layer } from '../canvas/heatmap.ts';
import { pictureOf } from '../canvas/picture.ts';
import type { Grid } from '../model/grid.ts';
import { gridOfMap, nanRows } from '../model/grid.ts';
import type { Axis } from '../model/axis.ts';
import type { Side } from '../model/side.ts';
import type { Context } from '../page/context.ts';
import type { WholeGrid } from './differencePane.ts';
import { GridPane } from './gridPane.ts';
import type { SeenMap } from './mapSource.ts';
import { MapSource } from './mapSource.ts';
import type { Axes } from './sideAxes.ts';
import { SideAxes } from './sideAxes.ts';

/** One head's matrix on one side. */
export class MatrixPane implements Disposable {
  readonly #context: Context;
  readonly #pane: GridPane;
  readonly #source = new MapSource();
  readonly #axes = new SideAxes();
  readonly #group = remember((map: AttentionMap, rows: Axis, columns: Axis) =>
    gridOfMap(groupMap(map, rows.groups, columns.groups)),
  );
  readonly #nanRows = remember(nanRows);
  readonly #picture = remember((grid: Grid, table: ColorTable, max: number) =>
    pictureOf(grid, table, [0, max]),
  );
  /** Asks again, for the tiles that the person looks at now. */
  #askTiles: () => void = () => undefined;
  #shown: { readonly map: SeenMap; readonly axes: Axes; readonly grid: Grid } | undefined;

  constructor(context: Context, side: number) {
    this.#context = context;
    this.#pane = new GridPane(context, {
      name: 'matrix-canvas',
      label: context.say('viewMatrix'),
      side,
      describe: ({ row, column }, { axes, valueAt }) =>
        context.say('cellAt', {
          query: axes.rows.groups[row]?.label ?? '',
          key: axes.columns.groups[column]?.label ?? '',
          queryIndex: axes.rows.groups[row]?.first ?? 0,
          keyIndex: axes.columns.groups[column]?.first ?? 0,
          weight: context.numbers.weight(valueAt({ row, column })),
        }),
      onMove: (seen, scale) => {
        this.#source.look(seen, scale * window.devicePixelRatio);
        this.#askTiles();
      },
    });
  }

  get element(): HTMLElement {
    return this.#pane.element;
  }

  get hasContent(): boolean {
    return this.#shown !== undefined;
  }

  /** What is shown, unless it is only a coarse map. */
  get whole(): WholeGrid | undefined {
    const shown = this.#shown;
    return shown?.map.base.step === 1 ? shown : undefined;
  }

  /** Largest weight of what is shown. */
  get max(): number {
    return this.#shown?.grid.max ?? 0;
  }

  /** Asks for a head and takes it when it is there. */
  load(side: Side, at: HeadAddress | undefined): Loadable<SeenMap> {
    const { store } = this.#context;
    const stack = at && side.stack(at.stack);
    const axes = stack && this.#axes.of(side, stack, store.state);
    if (!at || !stack || !axes) return { status: 'idle' };
    const isRegrouped = !axes.rows.isPlain || !axes.columns.isPlain;
    this.#askTiles = () => this.#load(side, stack, at, axes, isRegrouped);
    return this.#load(side, stack, at, axes, isRegrouped);
  }

  draw(max: number): void {
    const shown = this.#shown;
    if (!shown) return;
    const { axes, grid, map } = shown;
    const table = this.#context.palettes().sequential;
    const isPlain = axes.rows.isPlain && axes.columns.isPlain;
    const whole = (): readonly Layer[] => [
      { image: this.#picture(grid, table, max), row: 0, column: 0, rows: grid.rows, columns: grid.columns },
    ];
    const at = ({ row, column }: Cell): number => grid.values[row * grid.columns + column] ?? NaN;
    this.#pane.show({
      axes,
      layers: isPlain ? this.#source.layers(map, table, max) : whole(),
      nanRows: this.#nanRows(grid).map((row) => row * (isPlain ? map.base.step : 1)),
      valueAt: isPlain ? (cell) => this.#source.valueAt(map, cell) : at,
      max,
    });
  }

  onKey(event: KeyboardEvent): boolean {
    return this.#pane.onKey(event);
  }

  dispose(): void {
    this.#pane.dispose();
  }

  #load(
    side: Side,
    stack: AttentionStack,
    at: HeadAddress,
    axes: Axes,
    isRegrouped: boolean,
  ): Loadable<SeenMap> {
    const map = this.#source.get(side, stack, at, isRegrouped);
    if (map.status !== 'ready') return map;
    const { base } = map.value;
    const grid = isRegrouped ? this.#group(base, axes.rows, axes.columns) : this.#source.grid(base);
    this.#shown = { map: map.value, axes, grid };
    return map;
  }
}
