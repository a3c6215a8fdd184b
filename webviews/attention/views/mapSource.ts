import type {
  AttentionMap,
  AttentionStack,
  HeadAddress,
  MapParams,
} from '../../../src/shared/attentionProtocol.ts';
import type { Loadable } from '../../common/questions.ts';
import type { Cell, Layer } from '../canvas/heatmap.ts';
import { pictureOf } from '../canvas/picture.ts';
import type { Box } from '../canvas/viewport.ts';
import type { Grid } from '../model/grid.ts';
import { gridOfMap } from '../model/grid.ts';
import type { Side } from '../model/side.ts';
import type { ColorTable } from '../../common/palettes.ts';

/** Maps of more tokens than this are seen from afar first, and sharpened where the person looks. */
export const wholeLimit = 1024;
const tileSide = 256;
const mostTiles = 20;

interface Sharp {
  readonly params: MapParams & Required<Pick<MapParams, 'firstRow' | 'firstColumn'>>;
  readonly map: AttentionMap;
}

/** What is known of one head's map: all of it, or a coarse map with sharp tiles. */
export interface SeenMap {
  readonly base: AttentionMap;
  readonly sharp: readonly Sharp[];
}

/** Fetches a head's map, whole where it is small, by steps and tiles where it is not. */
export class MapSource {
  readonly #grids = new WeakMap<AttentionMap, Grid>();
  readonly #pictures = new WeakMap<
    AttentionMap,
    { table: ColorTable; max: number; image: HTMLCanvasElement }
  >();
  #seen: Box = { row: 0, column: 0, rows: 0, columns: 0 };
  #pixels = 0;

  /** Takes what the person looks at, and how many device pixels a token has there. */
  look(seen: Box, pixels: number): void {
    this.#seen = seen;
    this.#pixels = pixels;
  }

  /** @param isWhole whether every weight is needed, as for grouping to words */
  get(side: Side, stack: AttentionStack, at: HeadAddress, isWhole: boolean): Loadable<SeenMap> {
    const queries = side.tokens(stack, 'queries')?.pieces.length ?? 0;
    const keys = side.tokens(stack, 'keys')?.pieces.length ?? 0;
    const step = isWhole ? 1 : Math.ceil(Math.max(queries, keys) / wholeLimit);
    const base = side.maps.get(step === 1 ? at : { ...at, step });
    if (base.status !== 'ready') return base;
    return {
      status: 'ready',
      value: { base: base.value, sharp: step === 1 ? [] : this.#sharpen(side, at, step, { queries, keys }) },
    };
  }

  grid(map: AttentionMap): Grid {
    const known = this.#grids.get(map);
    if (known) return known;
    const grid = gridOfMap(map);
    this.#grids.set(map, grid);
    return grid;
  }

  /** The pictures of a map that is not regrouped, sharper ones last. */
  layers({ base, sharp }: SeenMap, table: ColorTable, max: number): readonly Layer[] {
    const layer = (map: AttentionMap, row: number, column: number): Layer => ({
      image: this.#picture(map, table, max),
      row,
      column,
      rows: map.rows * map.step,
      columns: map.columns * map.step,
    });
    return [
      layer(base, 0, 0),
      ...sharp.map(({ params, map }) => layer(map, params.firstRow, params.firstColumn)),
    ];
  }

  /** A cell's weight; where only the coarse map is known, the largest weight around it. */
  valueAt({ base, sharp }: SeenMap, { row, column }: Cell): number {
    for (const { params, map } of sharp) {
      const [y, x] = [row - params.firstRow, column - params.firstColumn];
      if (y >= 0 && x >= 0 && y < map.rows && x < map.columns)
        return this.grid(map).values[y * map.columns + x] ?? NaN;
    }
    const at = Math.floor(row / base.step) * base.columns + Math.floor(column / base.step);
    return this.grid(base).values[at] ?? NaN;
  }

  #sharpen(
    side: Side,
    at: HeadAddress,
    step: number,
    { queries, keys }: { readonly queries: number; readonly keys: number },
  ): readonly Sharp[] {
    const { row, column, rows, columns } = this.#seen;
    // As long as a coarse cell is hardly larger than a pixel, tiles would show nothing more.
    if (this.#pixels * step < 1.5) return [];
    const wanted: Sharp['params'][] = [];
    for (let y = Math.floor(row / tileSide) * tileSide; y < row + rows; y += tileSide)
      for (let x = Math.floor(column / tileSide) * tileSide; x < column + columns; x += tileSide)
        wanted.push({
          ...at,
          firstRow: y,
          firstColumn: x,
          rows: Math.min(tileSide, queries - y),
          columns: Math.min(tileSide, keys - x),
        });
    if (wanted.length > mostTiles) return [];
    return side.tiles.want(wanted).flatMap((tile, index) => {
      const params = wanted[index];
      return tile.status === 'ready' && params ? [{ params, map: tile.value }] : [];
    });
  }

  #picture(map: AttentionMap, table: ColorTable, max: number): HTMLCanvasElement {
    const known = this.#pictures.get(map);
    if (known?.table === table && known.max === max) return known.image;
    const image = pictureOf(this.grid(map), table, [0, max]);
    this.#pictures.set(map, { table, max, image });
    return image;
  }
}
