import type { TemplateResult } from 'lit';
import { html, nothing } from 'lit';
import { checkbox, segmented } from '../page/controls.ts';
import type { Context, View } from '../page/context.ts';
import { currentStack, headControl, layerControl } from '../page/headControls.ts';
import { notReady } from '../page/states.ts';
import { TintStyles } from '../text/tints.ts';
import { Panes } from './panes.ts';
import { Ramp } from './ramp.ts';
import { TextPane } from './textPane.ts';

/** The passage itself, tinted by what the chosen token attends to, or by who attends to it. */
export class TextView implements View {
  readonly #context: Context;
  readonly #panes: Panes<TextPane>;
  readonly #ramp = new Ramp();
  readonly #styles = new TintStyles();

  constructor(context: Context) {
    this.#context = context;
    this.#panes = new Panes((side) => new TextPane(context, side));
  }

  controls(): readonly TemplateResult[] {
    const stack = currentStack(this.#context);
    if (!stack) return [];
    const { say, store, numbers, palettes } = this.#context;
    return [
      layerControl(this.#context, stack),
      headControl(this.#context, stack),
      segmented<'from' | 'to'>({
        label: say('direction'),
        value: store.state.direction,
        choices: [
          { value: 'from', label: say('directionFrom') },
          { value: 'to', label: say('directionTo') },
        ],
        onChoose: (direction) => store.update({ direction }),
      }),
      checkbox({
        label: say('joinWords'),
        checked: store.state.words,
        onChange: (words) => store.update({ words }),
      }),
      this.#ramp.template(palettes().sequential, say('weight'), [
        numbers.weight(0),
        numbers.weight(this.#max()),
      ]),
    ];
  }

  body(): TemplateResult {
    const sides = this.#context.sides();
    const panes = this.#panes.of(sides.length);
    return html`<div class="panes">
      ${sides.map((side, index) => {
        const pane = panes[index];
        if (!pane) return nothing;
        const weights = pane.load(side);
        return html`<section class="pane ${weights.status === 'loading' ? 'is-loading' : ''}">
          ${sides.length > 1 ? html`<h2>${side.description.title}</h2>` : nothing}
          ${
            weights.status === 'failed'
              ? notReady(this.#context, weights, { retry: () => side.weights.retry() })
              : pane.template()
          }
          <p class="caption">${pane.describe()}</p>
        </section>`;
      })}
    </div>`;
  }

  draw(): void {
    this.#styles.update(this.#context.palettes(), this.#context.theme());
    const max = this.#max();
    for (const pane of this.#panes.of(this.#context.sides().length)) pane.draw(max);
  }

  onKey(event: KeyboardEvent): boolean {
    const panes = this.#panes.of(this.#context.sides().length);
    return panes[0]?.onKey(event) === true;
  }

  dispose(): void {
    this.#panes.dispose();
    this.#styles.dispose();
  }

  #max(): number {
    return Math.max(0, ...this.#panes.of(this.#context.sides().length).map(({ max }) => max));
  }
}
