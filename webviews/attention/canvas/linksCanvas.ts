import type { Disposable } from '../../../src/shared/disposable.ts';
import type { Frames } from '../../common/frames.ts';
import type { Theme } from '../../common/theme.ts';
import type { Links } from '../model/links.ts';
import { labelFont } from './heatmap.ts';
import type { Frame, Point } from './surface.ts';
import { Surface } from './surface.ts';
import { fitText, widestLabel } from './text.ts';

export interface HeadLinks {
  readonly color: string;
  readonly links: Links;
}

/** A token in one of the columns: `from` is the left one, of queries. */
export interface LinkToken {
  readonly direction: 'from' | 'to';
  readonly index: number;
}

export interface LinksContent {
  readonly queries: readonly string[];
  readonly keys: readonly string[];
  readonly heads: readonly HeadLinks[];
  /** Weight that is drawn widest. */
  readonly max: number;
}

export interface LinksCanvasOptions {
  readonly frames: Frames;
  readonly label: string;
  readonly theme: () => Theme;
  readonly onHover: (token: LinkToken | undefined) => void;
  readonly onPick: (token: LinkToken) => void;
  /** Rows that are seen have changed. */
  readonly onScroll: (first: number, end: number) => void;
}

/** Two columns of tokens with lines between them, as wide and strong as their weights. */
export class LinksCanvas implements Disposable {
  readonly surface: Surface;
  readonly #options: LinksCanvasOptions;
  #content: LinksContent = { queries: [], keys: [], heads: [], max: 0 };
  #chosen: LinkToken | undefined;
  #marked: LinkToken | undefined;

  constructor(options: LinksCanvasOptions) {
    this.#options = options;
    this.surface = new Surface({
      frames: options.frames,
      name: 'links-canvas',
      label: options.label,
      role: 'application',
      paint: (context, frame) => this.#paint(context, frame),
      onHover: (point) => options.onHover(point && this.#tokenAt(point)),
      onClick: (point) => {
        const token = this.#tokenAt(point);
        if (token) options.onPick(token);
      },
    });
  }

  set content(content: LinksContent) {
    this.#content = content;
    this.surface.invalidate();
  }

  /** Only its lines are drawn in full. */
  set chosen(token: LinkToken | undefined) {
    this.#chosen = token;
    this.surface.invalidate();
  }

  set marked(token: LinkToken | undefined) {
    if (token?.index === this.#marked?.index && token?.direction === this.#marked?.direction) return;
    this.#marked = token;
    this.surface.invalidate();
  }

  /** Scrolls until a token is seen. */
  reveal({ index }: LinkToken): void {
    const height = this.#rowHeight;
    this.surface.reveal({ x: 0, y: index * height, width: 1, height });
  }

  dispose(): void {
    this.surface.dispose();
  }

  get #rowHeight(): number {
    return Math.round(this.#options.theme().fontSize * 1.45);
  }

  #columns(context: CanvasRenderingContext2D, { width }: Frame): { left: number; right: number } {
    context.font = labelFont(this.#options.theme());
    const { queries, keys } = this.#content;
    const limit = width * 0.32;
    const left = Math.min(limit, widestLabel(context, queries.length, (at) => queries[at] ?? '') + 16);
    const labels = Math.min(limit, widestLabel(context, keys.length, (at) => keys[at] ?? '') + 16);
    // On a wide page the lines would become so flat that their ends are hard to follow.
    return { left, right: Math.min(width - labels, left + 560) };
  }

  #tokenAt({ x, y }: Point): LinkToken | undefined {
    const { frame } = this.surface;
    const context = document.createElement('canvas').getContext('2d');
    if (!context) return undefined;
    const { left, right } = this.#columns(context, frame);
    const direction = x < (left + right) / 2 ? 'from' : 'to';
    const index = Math.floor((y + frame.scrollY) / this.#rowHeight);
    const count = direction === 'from' ? this.#content.queries.length : this.#content.keys.length;
    return index >= 0 && index < count ? { direction, index } : undefined;
  }

  #paint(context: CanvasRenderingContext2D, frame: Frame): void {
    const { queries, keys, heads } = this.#content;
    const height = this.#rowHeight;
    this.surface.setContent(1, Math.max(queries.length, keys.length) * height);
    const first = Math.floor(frame.scrollY / height);
    const end = Math.ceil((frame.scrollY + frame.height) / height);
    const columns = this.#columns(context, frame);
    const focus = this.#marked ?? this.#chosen;
    const partners = new Set<number>();
    for (const head of heads)
      this.#paintLinks(context, head, { columns, frame, first, end, focus, partners });
    context.globalAlpha = 1;
    const label = (direction: 'from' | 'to', labels: readonly string[]): void =>
      this.#paintLabels(context, direction, labels, { columns, frame, first, end, focus, partners });
    label('from', queries);
    label('to', keys);
    this.#options.onScroll(first, end);
  }

  #paintLinks(context: CanvasRenderingContext2D, { color, links }: HeadLinks, view: LinksFrame): void {
    const { columns, frame, first, end, focus } = view;
    const height = this.#rowHeight;
    const { max } = this.#content;
    context.strokeStyle = color;
    const middle = (columns.left + columns.right) / 2;
    for (let at = 0; at < links.queries.length; at += 1) {
      const query = links.queries[at] ?? 0;
      const key = links.keys[at] ?? 0;
      const isQuerySeen = query >= first && query < end;
      if (!isQuerySeen && (key < first || key >= end)) continue;
      const isFocused = focus === undefined || (focus.direction === 'from' ? query : key) === focus.index;
      if (!isFocused) continue;
      if (focus) view.partners.add(focus.direction === 'from' ? key : query);
      const share = max > 0 ? (links.weights[at] ?? 0) / max : 0;
      context.globalAlpha = 0.2 + 0.8 * share;
      context.lineWidth = 0.6 + 3.4 * share;
      context.beginPath();
      const from = (query + 0.5) * height - frame.scrollY;
      const to = (key + 0.5) * height - frame.scrollY;
      context.moveTo(columns.left, from);
      context.bezierCurveTo(middle, from, middle, to, columns.right, to);
      context.stroke();
    }
  }

  #paintLabels(
    context: CanvasRenderingContext2D,
    direction: 'from' | 'to',
    labels: readonly string[],
    { columns, frame, first, end, focus, partners }: LinksFrame,
  ): void {
    const theme = this.#options.theme();
    const height = this.#rowHeight;
    const isLeft = direction === 'from';
    context.textBaseline = 'middle';
    context.textAlign = isLeft ? 'right' : 'left';
    for (let index = first; index < Math.min(end, labels.length); index += 1) {
      const y = (index + 0.5) * height - frame.scrollY;
      const isFocus = focus?.direction === direction && focus.index === index;
      const isPartner = focus !== undefined && focus.direction !== direction && partners.has(index);
      const isChosen = this.#chosen?.direction === direction && this.#chosen.index === index;
      context.font = labelFont(theme, isFocus || isChosen ? '600' : '');
      context.fillStyle = isChosen
        ? theme.accent
        : isFocus || isPartner || !focus
          ? theme.foreground
          : theme.muted;
      const room = isLeft ? columns.left - 12 : frame.width - columns.right - 12;
      context.fillText(
        fitText(context, labels[index] ?? '', room),
        isLeft ? columns.left - 7 : columns.right + 7,
        y,
      );
      if (!isChosen) continue;
      context.fillRect(isLeft ? columns.left - 3 : columns.right + 1, y - height / 2 + 2, 2, height - 4);
    }
  }
}

interface LinksFrame {
  readonly columns: { readonly left: number; readonly right: number };
  readonly frame: Frame;
  /** Rows that are seen. */
  readonly first: number;
  readonly end: number;
  readonly focus: LinkToken | undefined;
  /** Tokens at the other ends of the focused token's lines; filled while lines are painted. */
  readonly partners: Set<number>;
}
