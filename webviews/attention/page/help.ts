import type { TemplateResult } from 'lit';
import { html, render } from 'lit';
import type { Say } from '../../common/say.ts';
import { Menu } from './menu.ts';

/** What the keys do. */
export class Help {
  readonly #menu = new Menu();
  readonly #say: Say;

  constructor(say: Say) {
    this.#say = say;
    this.#menu.list.classList.add('help');
  }

  template(): TemplateResult {
    const say = this.#say;
    const keys: readonly (readonly [string, string])[] = [
      ['Tab', say('keyTab')],
      ['← ↑ ↓ →', say('keyArrows')],
      ['[ ]', say('keyHead')],
      ['PgUp PgDn', say('keyLayer')],
      ['P, Enter', say('keyPin')],
      ['Esc', say('keyEscape')],
      ['E', say('keyReveal')],
      ['W', say('keyWords')],
      ['+ − 0', say('keyZoom')],
      ['Shift', say('keyShift')],
      ['?', say('keyHelp')],
    ];
    // One text, not a table: the list of keys is no reason for fifty elements.
    render(
      html`<h2>${say('keys')}</h2>
        <pre>${keys.map(([key, meaning]) => `${key.padEnd(11)}${meaning}`).join('\n')}</pre>
        <p>${say('helpMouse')}</p>`,
      this.#menu.list,
    );
    return this.#menu.template('?', say('help'));
  }

  toggle(): void {
    this.#menu.list.togglePopover();
  }
}
