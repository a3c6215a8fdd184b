import type { Disposable } from '../../../src/shared/disposable.ts';
import type { Frames } from '../../common/frames.ts';
import type { Theme } from '../../common/theme.ts';
import { labelFont } from './heatmap.ts';
import type { Frame, Point } from './surface.ts';
import { Surface } from './surface.ts';

export interface HeadPlace {
  readonly layer: number;
  readonly head: number;
}

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly size: number;
}

export interface HeadGridOptions {
  readonly frames: Frames;
  readonly name: string;
  readonly label: string;
  /** Written in the corner, above the layers' numbers. */
  readonly cornerLabel: string;
  readonly theme: () => Theme;
  /** Paints the inside of a head's square. */
  readonly paintHead: (context: CanvasRenderingContext2D, place: HeadPlace, rect: Rect) => void;
  readonly onHover: (place: HeadPlace | undefined) => void;
  readonly onPick: (place: HeadPlace) => void;
  /** A click on a layer's number. */
  readonly onPickLayer?: (layer: number) => void;
  /** Sides of a head's square in CSS pixels. */
  readonly smallest: number;
  readonly largest: number;
}

/** All heads of a model as squares: a row a layer, a column a head, numbered from 0. */
export class HeadGrid implements Disposable {
  readonly surface: Surface;
  readonly #options: HeadGridOptions;
  #heads: readonly number[] = [];
  #current: HeadPlace | undefined;
  #marked: HeadPlace | undefined;

  constructor(options: HeadGridOptions) {
    this.#options = options;
    this.surface = new Surface({
      frames: options.frames,
      name: options.name,
      label: options.label,
      role: 'application',
      paint: (context, frame) => this.#paint(context, frame),
      paintOverlay: (context, frame) => this.#paintOverlay(context, frame),
      onHover: (point) => options.onHover(point && this.#placeAt(point)),
      onClick: (point) => this.#onClick(point),
    });
  }

  /** Heads of each layer. */
  set heads(heads: readonly number[]) {
    this.#heads = heads;
    this.surface.invalidate();
  }

  /** The head that other views show. */
  set current(place: HeadPlace | undefined) {
    if (place?.layer === this.#current?.layer && place?.head === this.#current?.head) return;
    this.#current = place;
    this.surface.invalidateOverlay();
  }

  set marked(place: HeadPlace | undefined) {
    if (place?.layer === this.#marked?.layer && place?.head === this.#marked?.head) return;
    this.#marked = place;
    this.surface.invalidateOverlay();
  }

  /** Scrolls until a head is seen. */
  reveal(place: HeadPlace): void {
    const { size, left, top } = this.#layout(this.surface.frame);
    const at = { x: left + place.head * size, y: top + place.layer * size, width: size, height: size };
    this.surface.reveal(at, { x: left, y: top });
  }

  /** The middle of a head's square, for tests: CSS pixels of the visible part. */
  middleOf(place: HeadPlace): Point {
    const frame = this.surface.frame;
    const { x, y, size } = this.#rect(place, frame);
    return { x: x + size / 2, y: y + size / 2 };
  }

  dispose(): void {
    this.surface.dispose();
  }

  #layout({ width, height, ratio }: Frame): { size: number; left: number; top: number } {
    const unit = this.#options.theme().fontSize;
    const left = Math.ceil(3.4 * unit);
    const top = Math.ceil(1.7 * unit);
    const columns = Math.max(1, ...this.#heads);
    const fitting = Math.min(
      (width - left - 4) / columns,
      (height - top - 4) / Math.max(1, this.#heads.length),
    );
    const size = Math.min(this.#options.largest, Math.max(this.#options.smallest, fitting));
    return { size: Math.floor(size * ratio) / ratio, left, top };
  }

  #rect({ layer, head }: HeadPlace, frame: Frame): Rect {
    const { size, left, top } = this.#layout(frame);
    return { x: left + head * size - frame.scrollX, y: top + layer * size - frame.scrollY, size };
  }

  #placeAt({ x, y }: Point): HeadPlace | undefined {
    const frame = this.surface.frame;
    const { size, left, top } = this.#layout(frame);
    if (x < left || y < top) return undefined;
    const layer = Math.floor((y - top + frame.scrollY) / size);
    const head = Math.floor((x - left + frame.scrollX) / size);
    return head < (this.#heads[layer] ?? 0) ? { layer, head } : undefined;
  }

  #onClick(point: Point): void {
    const place = this.#placeAt(point);
    if (place) {
      this.#options.onPick(place);
      return;
    }
    const { size, left, top } = this.#layout(this.surface.frame);
    const layer = Math.floor((point.y - top + this.surface.frame.scrollY) / size);
    if (point.x < left && layer >= 0 && layer < this.#heads.length) this.#options.onPickLayer?.(layer);
  }

  #paint(context: CanvasRenderingContext2D, frame: Frame): void {
    const { size, left, top } = this.#layout(frame);
    const columns = Math.max(0, ...this.#heads);
    this.surface.setContent(left + columns * size + 3, top + this.#heads.length * size + 3);
    const inner = size - (size > 40 ? 4 : 2);
    this.#heads.forEach((heads, layer) => {
      for (let head = 0; head < heads; head += 1) {
        const { x, y } = this.#rect({ layer, head }, frame);
        if (x + size < 0 || y + size < 0 || x > frame.width || y > frame.height) continue;
        this.#options.paintHead(context, { layer, head }, { x, y, size: inner });
      }
    });
    this.#paintNumbers(context, frame, { size, left, top, columns });
  }

  #paintNumbers(
    context: CanvasRenderingContext2D,
    frame: Frame,
    { size, left, top, columns }: { size: number; left: number; top: number; columns: number },
  ): void {
    const theme = this.#options.theme();
    // The strips cover what has been scrolled below them.
    context.fillStyle = theme.background;
    context.fillRect(0, 0, left - 1, frame.height);
    context.fillRect(0, 0, frame.width, top - 1);
    context.font = labelFont(theme);
    context.textBaseline = 'middle';
    context.textAlign = 'right';
    const number = (index: number, isCurrent: boolean, x: number, y: number): void => {
      context.fillStyle = isCurrent ? theme.accent : theme.muted;
      context.font = labelFont(theme, isCurrent ? '700' : '');
      context.fillText(String(index), x, y);
    };
    this.#heads.forEach((_, layer) => {
      const y = top + (layer + 0.5) * size - frame.scrollY;
      if (y > top) number(layer, layer === this.#current?.layer, left - 7, y);
    });
    context.textAlign = 'center';
    for (let head = 0; head < columns; head += 1) {
      const x = left + (head + 0.5) * size - frame.scrollX;
      if (x > left) number(head, head === this.#current?.head, x, top / 2);
    }
    context.fillStyle = theme.background;
    context.fillRect(0, 0, left - 1, top - 1);
    context.fillStyle = theme.muted;
    context.textAlign = 'left';
    context.font = labelFont(theme);
    context.fillText(this.#options.cornerLabel, 2, top / 2);
  }

  #paintOverlay(context: CanvasRenderingContext2D, frame: Frame): void {
    const theme = this.#options.theme();
    const outline = (place: HeadPlace | undefined, color: string, width: number): void => {
      if (!place) return;
      const { x, y, size } = this.#rect(place, frame);
      const inner = size - (size > 40 ? 4 : 2);
      context.strokeStyle = color;
      context.lineWidth = width;
      context.strokeRect(x - width / 2, y - width / 2, inner + width, inner + width);
    };
    outline(this.#current, theme.accent, 2);
    outline(this.#marked, theme.foreground, 1);
  }
}
