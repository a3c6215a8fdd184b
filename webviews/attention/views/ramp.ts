import type { TemplateResult } from 'lit';
import { html } from 'lit';
import { pictureOf } from '../canvas/picture.ts';
import type { ColorTable } from '../../common/palettes.ts';

/** The legend of a colour table: its colours between the values at both ends. */
export class Ramp {
  readonly #element = document.createElement('span');
  #table: ColorTable | undefined;

  /** @param ends what the first and the last colour stand for */
  template(table: ColorTable, label: string, [low, high]: readonly [string, string]): TemplateResult {
    if (this.#table !== table) {
      this.#table = table;
      const values = Float32Array.from({ length: 256 }, (_, index) => index);
      const canvas = pictureOf({ rows: 1, columns: 256, values }, table, [0, 255]);
      this.#element.className = 'ramp';
      this.#element.replaceChildren(canvas);
    }
    return html`<span class="legend" role="img" aria-label="${label} ${low} – ${high}"
      >${label} <span class="number">${low}</span>${this.#element}<span class="number">${high}</span></span
    >`;
  }
}
