import type { AttentionTokens } from '../../../src/shared/attentionProtocol.ts';
import type { Disposable } from '../../../src/shared/disposable.ts';
import { DisposableStore } from '../../../src/shared/disposable.ts';
import { remember } from '../../common/remember.ts';
import { composeText } from './composeText.ts';
import { Tinted, tintName } from './tints.ts';

export interface TokenRange {
  /** Tokens `first` to `end`, exclusive. */
  readonly first: number;
  readonly end: number;
}

export interface PassageContent {
  readonly tokens: AttentionTokens;
  readonly texts: readonly string[];
  /** What is tinted, and how strongly: 0..1, of differences -1..1. */
  readonly tints: readonly (TokenRange & { readonly share: number })[];
  readonly kind: 'weight' | 'difference';
  readonly chosen: TokenRange | undefined;
}

export interface PassageOptions {
  readonly label: string;
  readonly onHover: (token: number | undefined) => void;
  readonly onPick: (token: number) => void;
}

/** The passage itself, tinted token by token. */
export class Passage implements Disposable {
  readonly element = document.createElement('p');
  readonly #text = document.createTextNode('');

  readonly #tints = new Tinted();
  readonly #marks = new Tinted();
  readonly #compose = remember(composeText);
  readonly #store = new DisposableStore();
  #content: PassageContent | undefined;
  #marked: TokenRange | undefined;

  constructor(options: PassageOptions) {
    const { element } = this;
    element.className = 'passage';
    element.tabIndex = 0;
    element.setAttribute('role', 'group');
    element.setAttribute('aria-label', options.label);
    element.append(this.#text);
    this.#on('pointermove', (event) => options.onHover(this.#tokenAt(event)));
    this.#on('pointerleave', () => options.onHover(undefined));
    this.#on('click', (event) => {
      // A click that ends a selection is for copying, not for choosing.
      if (getSelection()?.isCollapsed === false) return;
      const token = this.#tokenAt(event);
      if (token !== undefined) options.onPick(token);
    });
    this.#store.add(this.#tints);
    this.#store.add(this.#marks);
  }

  show(content: PassageContent): void {
    this.#content = content;
    const { text } = this.#composed;
    if (this.#text.data !== text) this.#text.data = text;
    const ranges = new Map<string, AbstractRange[]>();
    for (const { share, ...tokens } of content.tints) {
      const name = tintName(content.kind, share);
      if (name !== undefined) ranges.set(name, [...(ranges.get(name) ?? []), this.#range(tokens)]);
    }
    this.#tints.set(ranges);
    this.#mark();
  }

  /** The token under the pointer or the keyboard. */
  set marked(tokens: TokenRange | undefined) {
    this.#marked = tokens;
    this.#mark();
  }

  /** Scrolls until a token is seen. */
  reveal(tokens: TokenRange): void {
    const rect = this.#range(tokens).getBoundingClientRect();
    const seen = this.element.getBoundingClientRect();
    if (rect.top < seen.top) this.element.scrollTop += rect.top - seen.top;
    else if (rect.bottom > seen.bottom) this.element.scrollTop += rect.bottom - seen.bottom;
  }

  dispose(): void {
    this.#store.dispose();
    this.element.remove();
  }

  get #composed(): { readonly text: string; readonly spans: Uint32Array } {
    const content = this.#content;
    return content ? this.#compose(content.tokens, content.texts) : { text: '', spans: new Uint32Array() };
  }

  #mark(): void {
    const marks = new Map<string, AbstractRange[]>();
    const chosen = this.#content?.chosen;
    if (chosen) marks.set('loupe-chosen', [this.#range(chosen)]);
    if (this.#marked) marks.set('loupe-marked', [this.#range(this.#marked)]);
    this.#marks.set(marks);
  }

  #range({ first, end }: TokenRange): Range {
    const { spans } = this.#composed;
    const range = document.createRange();
    range.setStart(this.#text, spans[2 * first] ?? 0);
    range.setEnd(this.#text, spans[2 * end - 1] ?? 0);
    return range;
  }

  #tokenAt({ clientX, clientY }: MouseEvent): number | undefined {
    const offset = offsetAt(this.#text, clientX, clientY);
    if (offset === undefined) return undefined;
    const { spans } = this.#composed;
    for (let token = 0; 2 * token < spans.length; token += 1) {
      if (offset < (spans[2 * token] ?? 0) || offset > (spans[2 * token + 1] ?? 0)) continue;
      // The nearest gap between characters may belong to the token beside the one that is pointed at.
      const isHit = [...this.#range({ first: token, end: token + 1 }).getClientRects()].some(
        ({ left, right, top, bottom }) =>
          clientX >= left && clientX <= right && clientY >= top && clientY <= bottom,
      );
      if (isHit) return token;
    }
    return undefined;
  }

  #on<E extends keyof HTMLElementEventMap>(type: E, listener: (event: HTMLElementEventMap[E]) => void): void {
    this.element.addEventListener(type, listener);
    this.#store.defer(() => this.element.removeEventListener(type, listener));
  }
}

/** Offset in a text node of the gap between characters nearest to a point; undefined where the point is elsewhere. */
function offsetAt(text: Text, x: number, y: number): number | undefined {
  const position = document.caretPositionFromPoint(x, y);
  return position?.offsetNode === text ? position.offset : undefined;
}
