import type { AttentionMap, AttentionStack, MapParams } from '../../../src/shared/attentionProtocol.ts';
import { largestWeight } from '../../../src/shared/attentionMaps.ts';
import { groupMap } from '../../../src/shared/attentionWords.ts';
import type { Disposable } from '../../../src/shared/disposable.ts';
import type { Loadable } from '../../common/questions.ts';
import { remember } from '../../common/remember.ts';
import type { HeadLinks, LinkToken } from '../canvas/linksCanvas.ts';
import { LinksCanvas } from '../canvas/linksCanvas.ts';
import type { Axis } from '../model/axis.ts';
import type { Links } from '../model/links.ts';
import { linksOf } from '../model/links.ts';
import type { Side } from '../model/side.ts';
import type { Context } from '../page/context.ts';
import type { Axes } from './sideAxes.ts';
import { SideAxes } from './sideAxes.ts';
import { chosenIndex, toggleToken } from './tokenChoice.ts';
import { wholeLimit } from './mapSource.ts';

/** Rows of a long text that are asked for at once. */
const band = 256;

interface HeadShown {
  readonly head: number;
  readonly map: AttentionMap;
  readonly links: Links;
  readonly firstRow: number;
}

type LinksOfHead = (
  map: AttentionMap,
  rows: Axis,
  columns: Axis,
  firstRow: number,
  topK: number,
  threshold: number,
) => HeadShown;

/** One side's tokens in two columns, with lines for the heads that are switched on. */
export class LinksPane implements Disposable {
  readonly canvas: LinksCanvas;
  readonly #context: Context;
  readonly #side: number;
  readonly #axes = new SideAxes();
  readonly #perHead = new Map<number, LinksOfHead>();
  #shown: { readonly axes: Axes; readonly heads: readonly HeadShown[] } | undefined;
  #firstBand = 0;
  #cursor: LinkToken | undefined;

  constructor(context: Context, side: number) {
    this.#context = context;
    this.#side = side;
    this.canvas = new LinksCanvas({
      label: context.say('linksLabel'),
      theme: context.theme,
      frames: context.frames,
      onHover: (token) => this.#mark(token, false),
      onPick: (token) => this.#pick(token),
      onScroll: (first, end) => this.#onScroll(first, end),
    });
  }

  /** Whether the keyboard is in this pane. */
  get hasFocus(): boolean {
    return this.canvas.surface.element.contains(document.activeElement);
  }

  get lines(): number {
    return this.#shown?.heads.reduce((sum, { links }) => sum + links.queries.length, 0) ?? 0;
  }

  /** Whether only the lines of some rows are known, for the text is long. */
  get isBanded(): boolean {
    return this.#shown !== undefined && this.#rowsToAsk(this.#shown.axes).rows !== undefined;
  }

  /** Largest weight of what is shown. */
  get max(): number {
    return Math.max(0, ...(this.#shown?.heads.map(({ map }) => largestWeight(map)) ?? []));
  }

  /** Asks for the heads that are switched on; those that are there are drawn while others are on their way. */
  load(side: Side, stack: AttentionStack): Loadable<unknown> {
    const { state } = this.#context.store;
    const axes = this.#axes.of(side, stack, state);
    if (!axes) return { status: 'idle' };
    const layer = Math.min(state.layer, stack.heads.length - 1);
    const heads = state.heads.filter((head) => head < (stack.heads[layer] ?? 0));
    const rows = this.#rowsToAsk(axes);
    const maps = side.maps.want(
      heads.map((head): MapParams => ({ stack: stack.name, layer, head, ...rows })),
    );
    const shown = maps.flatMap((map, index) => {
      const head = heads[index] ?? 0;
      return map.status === 'ready' ? [this.#linksOf(head, map.value, axes, rows.firstRow ?? 0)] : [];
    });
    const isComplete = shown.length === heads.length;
    if (isComplete || this.#shown?.axes.rows !== axes.rows || shown.length > 0)
      this.#shown = { axes, heads: shown };
    return maps.find(({ status }) => status !== 'ready') ?? { status: 'ready', value: undefined };
  }

  /** @param max weight of the widest line */
  draw(max: number): void {
    const shown = this.#shown;
    if (!shown) return;
    const { axes, heads } = shown;
    const palettes = this.#context.palettes();
    this.canvas.content = {
      queries: axes.rows.groups.map(({ label }) => label),
      keys: axes.columns.groups.map(({ label }) => label),
      heads: heads.map(({ head, links }): HeadLinks => ({ color: palettes.head(head), links })),
      max,
    };
    const { direction } = this.#context.store.state;
    const index = chosenIndex(this.#context, this.#side, axes);
    this.canvas.chosen = index === undefined ? undefined : { direction, index };
  }

  onKey({ key }: KeyboardEvent): boolean {
    const shown = this.#shown;
    if (!shown) return false;
    const { direction } = this.#context.store.state;
    const from = this.#cursor ?? {
      direction,
      index: chosenIndex(this.#context, this.#side, shown.axes) ?? -1,
    };
    if (key === 'Enter' || key.toLowerCase() === 'p') {
      if (this.#cursor) this.#pick(this.#cursor);
      return this.#cursor !== undefined;
    }
    const moves: Readonly<Record<string, LinkToken>> = {
      ArrowUp: { ...from, index: from.index - 1 },
      ArrowDown: { ...from, index: from.index + 1 },
      ArrowLeft: { ...from, direction: 'from' },
      ArrowRight: { ...from, direction: 'to' },
      Home: { ...from, index: 0 },
      End: { ...from, index: Infinity },
    };
    const move = moves[key];
    if (!move) return false;
    const count = (move.direction === 'from' ? shown.axes.rows : shown.axes.columns).groups.length;
    const reached = { ...move, index: Math.max(0, Math.min(move.index, count - 1)) };
    this.canvas.reveal(reached);
    this.#mark(reached, true);
    return true;
  }

  dispose(): void {
    this.canvas.dispose();
  }

  /** All rows of a short text; of a long one those around what is seen. */
  #rowsToAsk({ rows, columns }: Axes): { readonly firstRow?: number; readonly rows?: number } {
    const isPlain = rows.isPlain && columns.isPlain;
    const count = rows.groupOf.length;
    if (!isPlain || count <= wholeLimit) return {};
    return { firstRow: this.#firstBand, rows: Math.min(band, count - this.#firstBand) };
  }

  #onScroll(first: number, end: number): void {
    const count = this.#shown?.axes.rows.groupOf.length ?? 0;
    if (count <= wholeLimit || (first >= this.#firstBand && end <= this.#firstBand + band)) return;
    const middle = Math.floor((first + end - band) / 2);
    this.#firstBand = Math.max(0, Math.min(middle, count - band));
    this.#context.invalidate();
  }

  #linksOf(head: number, map: AttentionMap, axes: Axes, firstRow: number): HeadShown {
    const { topK, threshold } = this.#context.store.state;
    let remembered = this.#perHead.get(head);
    if (!remembered) {
      remembered = remember((whole, rows, columns, first, k, smallest) => {
        const isPlain = rows.isPlain && columns.isPlain;
        const grouped = isPlain ? whole : groupMap(whole, rows.groups, columns.groups);
        return {
          head,
          map: grouped,
          firstRow: first,
          links: linksOf(grouped, first, { topK: k, threshold: smallest }),
        };
      });
      this.#perHead.set(head, remembered);
    }
    return remembered(map, axes.rows, axes.columns, firstRow, topK, threshold);
  }

  #mark(token: LinkToken | undefined, aloud: boolean): void {
    this.canvas.marked = token;
    this.#cursor = token ?? this.#cursor;
    const axes = this.#shown?.axes;
    const group = token && (token.direction === 'from' ? axes?.rows : axes?.columns)?.groups[token.index];
    const along = token?.direction === 'to' ? 'keys' : 'queries';
    this.#context.light(this.#side, group ? [{ along, first: group.first, end: group.end, weight: 1 }] : []);
    if (token && group) this.#context.tell(this.#describe(token, group.label, group.first), aloud);
  }

  /** The token and its strongest lines. */
  #describe(token: LinkToken, label: string, index: number): string {
    const { say, numbers } = this.#context;
    const shown = this.#shown;
    if (!shown) return '';
    const [own, others] =
      token.direction === 'from' ? (['queries', 'keys'] as const) : (['keys', 'queries'] as const);
    const axis = token.direction === 'from' ? shown.axes.columns : shown.axes.rows;
    const lines = shown.heads
      .flatMap(({ head, links }) =>
        Array.from(links[own].keys())
          .filter((at) => links[own][at] === token.index)
          .map((at) => ({ head, weight: links.weights[at] ?? 0, other: links[others][at] ?? 0 })),
      )
      .sort((a, b) => b.weight - a.weight)
      .slice(0, 4)
      .map(({ head, weight, other }) =>
        say('linkList', { head, token: axis.groups[other]?.label ?? '', weight: numbers.weight(weight) }),
      );
    return [say('tokenAt', { token: label, index }), ...lines].join(' · ');
  }

  #pick({ direction, index }: LinkToken): void {
    const axes = this.#shown?.axes;
    const group = (direction === 'from' ? axes?.rows : axes?.columns)?.groups[index];
    if (axes && group) toggleToken(this.#context, this.#side, axes, { group, direction });
  }
}
