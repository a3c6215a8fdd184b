import type { Disposable } from '../../../src/shared/disposable.ts';
import { DisposableStore } from '../../../src/shared/disposable.ts';
import type { Frames } from '../../common/frames.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The visible part of a surface, in CSS pixels. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  /** How far its content is scrolled. */
  readonly scrollX: number;
  readonly scrollY: number;
  /** Device pixels per CSS pixel. */
  readonly ratio: number;
}

export interface SurfaceOptions {
  readonly frames: Frames;
  /** Of the element, for style and tests. */
  readonly name: string;
  readonly label: string;
  /** `application`: arrow keys move inside, so screen readers hand them over. */
  readonly role: 'img' | 'application';
  /** Paints everything but what follows the pointer. Coordinates are CSS pixels of the visible part. */
  readonly paint: (context: CanvasRenderingContext2D, frame: Frame) => void;
  /** Paints what follows the pointer, on a canvas of its own. */
  readonly paintOverlay?: (context: CanvasRenderingContext2D, frame: Frame) => void;
  /** The pointer is there; undefined: it has left. */
  readonly onHover?: (point: Point | undefined) => void;
  readonly onClick?: (point: Point, event: MouseEvent) => void;
  readonly onDoubleClick?: (point: Point) => void;
  readonly onDrag?: (dx: number, dy: number) => void;
  /** @returns whether the wheel was used here and shall not scroll the page */
  readonly onWheel?: (event: WheelEvent, point: Point) => boolean;
}

/**
 * A canvas that fills its element at the screen's own resolution, repaints at most once a frame, and scrolls over content
 * larger than itself without ever being larger than what is seen.
 */
export class Surface implements Disposable {
  readonly element = document.createElement('div');
  readonly #options: SurfaceOptions;
  readonly #base = document.createElement('canvas');
  readonly #overlay = document.createElement('canvas');
  readonly #space = document.createElement('div');
  readonly #store = new DisposableStore();
  readonly #repaint = (): void => this.#paint();
  #isBaseStale = true;
  #drag: { readonly pointer: number; last: Point; moved: number } | undefined;

  constructor(options: SurfaceOptions) {
    this.#options = options;
    const { element } = this;
    element.className = `surface ${options.name}`;
    element.tabIndex = 0;
    element.setAttribute('role', options.role);
    element.setAttribute('aria-label', options.label);
    const pin = document.createElement('div');
    pin.className = 'surface-pin';
    this.#overlay.className = 'surface-overlay';
    pin.append(this.#base, this.#overlay);
    this.#space.className = 'surface-space';
    element.append(pin, this.#space);
    const observer = new ResizeObserver(() => this.invalidate());
    observer.observe(element);
    this.#store.defer(() => observer.disconnect());
    this.#store.defer(() => options.frames.cancel(this.#repaint));
    this.#listen();
  }

  /** What is seen now. */
  get frame(): Frame {
    const { clientWidth, clientHeight, scrollLeft, scrollTop } = this.element;
    return {
      width: clientWidth,
      height: clientHeight,
      scrollX: scrollLeft,
      scrollY: scrollTop,
      ratio: window.devicePixelRatio,
    };
  }

  set label(label: string) {
    this.element.setAttribute('aria-label', label);
  }

  /** Sides of the content in CSS pixels, when it may be larger than what is seen. */
  setContent(width: number, height: number): void {
    this.#space.style.width = `${Math.floor(width)}px`;
    this.#space.style.height = `${Math.floor(height)}px`;
    // A surface that is not to be larger than its content says so in the style sheet.
    this.element.style.setProperty('--content-height', `${Math.ceil(height)}px`);
  }

  /** Scrolls until a rectangle of the content is seen. `margin`: strips at the top and left that cover content. */
  reveal(at: { x: number; y: number; width: number; height: number }, margin: Point = { x: 0, y: 0 }): void {
    const { element } = this;
    if (at.y < element.scrollTop + margin.y) element.scrollTop = at.y - margin.y;
    else if (at.y + at.height > element.scrollTop + element.clientHeight)
      element.scrollTop = at.y + at.height - element.clientHeight;
    if (at.x < element.scrollLeft + margin.x) element.scrollLeft = at.x - margin.x;
    else if (at.x + at.width > element.scrollLeft + element.clientWidth)
      element.scrollLeft = at.x + at.width - element.clientWidth;
  }

  /** Paints all again at the next frame. */
  invalidate(): void {
    this.#isBaseStale = true;
    this.invalidateOverlay();
  }

  /** Paints again, at the next frame, what follows the pointer. */
  invalidateOverlay(): void {
    if (!this.#store.isDisposed) this.#options.frames.ask(this.#repaint);
  }

  dispose(): void {
    this.#store.dispose();
    this.element.remove();
  }

  #paint(): void {
    const { frame } = this;
    if (frame.width === 0 || frame.height === 0) return;
    if (this.#isBaseStale) {
      this.#isBaseStale = false;
      const context = prepare(this.#base, frame);
      if (context) this.#options.paint(context, frame);
    }
    const context = prepare(this.#overlay, frame);
    if (context) this.#options.paintOverlay?.(context, frame);
  }

  #point({ clientX, clientY }: MouseEvent): Point {
    const { left, top } = this.element.getBoundingClientRect();
    return { x: clientX - left - this.element.clientLeft, y: clientY - top - this.element.clientTop };
  }

  #on<E extends keyof HTMLElementEventMap>(type: E, listener: (event: HTMLElementEventMap[E]) => void): void {
    this.element.addEventListener(type, listener, { passive: false });
    this.#store.defer(() => this.element.removeEventListener(type, listener));
  }

  #listen(): void {
    const { onHover, onDrag, onWheel, onClick, onDoubleClick } = this.#options;
    this.#on('scroll', () => this.invalidate());
    this.#on('pointermove', (event) => {
      const point = this.#point(event);
      const drag = this.#drag;
      if (drag?.pointer === event.pointerId && onDrag) {
        const [dx, dy] = [point.x - drag.last.x, point.y - drag.last.y];
        drag.moved += Math.abs(dx) + Math.abs(dy);
        drag.last = point;
        if (drag.moved > 4) onDrag(dx, dy);
      }
      onHover?.(point);
    });
    this.#on('pointerleave', () => onHover?.(undefined));
    if (onDrag) {
      this.#on('pointerdown', (event) => {
        // Other buttons give no click, which ends a drag.
        if (event.button !== 0) return;
        this.#drag = { pointer: event.pointerId, last: this.#point(event), moved: 0 };
        this.element.setPointerCapture(event.pointerId);
      });
      // The drag lives until the click that follows it has been told apart from a plain click.
      this.#on('pointercancel', () => (this.#drag = undefined));
    }
    this.#on('click', (event) => {
      const moved = this.#drag?.moved ?? 0;
      this.#drag = undefined;
      if (moved <= 4) onClick?.(this.#point(event), event);
    });
    this.#on('dblclick', (event) => onDoubleClick?.(this.#point(event)));
    this.#on('wheel', (event) => {
      if (onWheel?.(event, this.#point(event)) === true) event.preventDefault();
    });
  }
}

/** Sizes a canvas to the frame at device resolution (only when that changed: it clears) and clears it. */
function prepare(canvas: HTMLCanvasElement, frame: Frame): CanvasRenderingContext2D | undefined {
  const context = canvas.getContext('2d');
  if (context === null) return undefined;
  const width = Math.round(frame.width * frame.ratio);
  const height = Math.round(frame.height * frame.ratio);
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
    canvas.style.width = `${frame.width}px`;
    canvas.style.height = `${frame.height}px`;
  }
  context.setTransform(frame.ratio, 0, 0, frame.ratio, 0, 0);
  context.clearRect(0, 0, frame.width, frame.height);
  context.imageSmoothingEnabled = false;
  return context;
}
