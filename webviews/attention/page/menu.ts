import type { TemplateResult } from 'lit';
import { html } from 'lit';

export interface MenuItem {
  readonly label: string;
  readonly run: () => void;
}

/** A button with a list of actions that opens below it: the browser's own popover, so Escape and a click outside close it. */
export class Menu {
  readonly #popover = document.createElement('div');
  #button: HTMLElement | undefined;

  constructor() {
    this.#popover.className = 'menu';
    this.#popover.popover = 'auto';
    this.#popover.addEventListener('toggle', (event) => this.#onToggle(event.newState === 'open'));
    this.#popover.addEventListener('keydown', (event) => this.#onKey(event));
  }

  /** The list, to be filled by lit's `render`. */
  get list(): HTMLElement {
    return this.#popover;
  }

  template(label: string, title: string = label): TemplateResult {
    const onClick = (event: Event): void => {
      if (event.currentTarget instanceof HTMLElement) this.#button = event.currentTarget;
      this.#popover.togglePopover();
    };
    return html`<button
        class="plain"
        aria-haspopup="true"
        aria-expanded="false"
        title=${title}
        aria-label=${title}
        @click=${onClick}
      >
        ${label}</button
      >${this.#popover}`;
  }

  close(): void {
    this.#popover.hidePopover();
    this.#button?.focus();
  }

  #onToggle(isOpen: boolean): void {
    this.#button?.setAttribute('aria-expanded', String(isOpen));
    if (!isOpen || !this.#button) return;
    const { left, bottom } = this.#button.getBoundingClientRect();
    const { style } = this.#popover;
    style.top = `${bottom + 2}px`;
    style.left = `${Math.max(4, Math.min(left, window.innerWidth - this.#popover.offsetWidth - 8))}px`;
    this.#popover.querySelector<HTMLElement>('button, select, input')?.focus();
  }

  #onKey(event: KeyboardEvent): void {
    const direction = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (direction === undefined) return;
    const items = [...this.#popover.querySelectorAll<HTMLElement>('button')];
    const at = items.findIndex((item) => item === document.activeElement);
    items[(at + direction + items.length) % items.length]?.focus();
    event.preventDefault();
    event.stopPropagation();
  }
}

/** Actions of a menu, one below the other. */
export function menuItems(menu: Menu, items: readonly MenuItem[]): TemplateResult {
  return html`${items.map(
    ({ label, run }) =>
      html`<button
        class="item"
        @click=${() => {
          menu.close();
          run();
        }}
      >
        ${label}
      </button>`,
  )}`;
}
