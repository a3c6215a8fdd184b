import type { TemplateResult } from 'lit';
import { html, nothing } from 'lit';
import type { HeadAddress } from '../../../src/shared/attentionProtocol.ts';
import type { Loadable } from '../../common/questions.ts';
import type { Side } from '../model/side.ts';
import { checkbox } from '../page/controls.ts';
import type { Context, View } from '../page/context.ts';
import { currentStack, headControl, layerControl, segmentControls } from '../page/headControls.ts';
import { notReady } from '../page/states.ts';
import { MatrixPane } from './matrixPane.ts';
import { Panes } from './panes.ts';
import { Ramp } from './ramp.ts';
import type { SeenMap } from './mapSource.ts';

/** One head: every query token by every key token. */
export class MatrixView implements View {
  readonly #context: Context;
  readonly #panes: Panes<MatrixPane>;
  readonly #ramp = new Ramp();

  constructor(context: Context) {
    this.#context = context;
    this.#panes = new Panes((side) => new MatrixPane(context, side));
  }

  controls(): readonly TemplateResult[] {
    const stack = currentStack(this.#context);
    if (!stack) return [];
    const { say, store } = this.#context;
    return [
      layerControl(this.#context, stack),
      headControl(this.#context, stack),
      ...segmentControls(this.#context),
      checkbox({
        label: say('joinWords'),
        checked: store.state.words,
        onChange: (words) => store.update({ words }),
      }),
      this.#legend(),
    ];
  }

  body(): TemplateResult {
    const sides = this.#context.sides();
    const panes = this.#panes.of(sides.length);
    return html`<div class="panes">
      ${sides.map((side, index) => {
        const pane = panes[index];
        if (!pane) return nothing;
        const map = pane.load(side, this.#address(side));
        return html`<section class="pane ${map.status === 'loading' ? 'is-loading' : ''}">
          ${sides.length > 1 ? html`<h2>${side.description.title}</h2>` : nothing}
          ${this.#paneBody(side, pane, map)}
        </section>`;
      })}
    </div>`;
  }

  draw(): void {
    const sides = this.#context.sides();
    const max = this.#max();
    this.#panes.of(sides.length).forEach((pane) => pane.draw(max));
  }

  onKey(event: KeyboardEvent): boolean {
    return this.#panes.of(this.#context.sides().length).some((pane) => pane.onKey(event));
  }

  dispose(): void {
    this.#panes.dispose();
  }

  #paneBody(side: Side, pane: MatrixPane, map: Loadable<SeenMap>): TemplateResult {
    if (map.status === 'failed') return notReady(this.#context, map, { retry: () => side.maps.retry() });
    // The last head stays until the next one is there: no flicker between heads.
    if (map.status !== 'ready' && !pane.hasContent)
      return notReady(this.#context, map, { retry: () => side.maps.retry() });
    return html`${pane.element}`;
  }

  #address(side: Side): HeadAddress | undefined {
    const { stack, layer, head } = this.#context.store.state;
    const heads = side.stack(stack)?.heads;
    if (!heads || heads.length === 0) return undefined;
    // The other side's model may be smaller.
    const reached = Math.min(layer, heads.length - 1);
    return { stack, layer: reached, head: Math.min(head, (heads[reached] ?? 1) - 1) };
  }

  /** One scale for all sides, so that equal colours are equal weights. */
  #max(): number {
    return Math.max(0, ...this.#panes.of(this.#context.sides().length).map(({ max }) => max));
  }

  #legend(): TemplateResult {
    const { say, numbers, palettes } = this.#context;
    return this.#ramp.template(palettes().sequential, say('weight'), [
      numbers.weight(0),
      numbers.weight(this.#max()),
    ]);
  }
}
