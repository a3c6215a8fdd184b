import type { TemplateResult } from 'lit';
import { html, nothing } from 'lit';
import type { HeadAddress } from '../../../src/shared/attentionProtocol.ts';
import type { Loadable } from '../../common/questions.ts';
import type { Side } from '../model/side.ts';
import { checkbox } from '../page/controls.ts';
import type { Context, View } from '../page/context.ts';
import { currentStack, headControl, layerControl, segmentControls } from '../page/headControls.ts';
import { notReady } from '../page/states.ts';
import { DifferencePane } from './differencePane.ts';
import { MatrixPane } from './matrixPane.ts';
import { Panes } from './panes.ts';
import { Ramp } from './ramp.ts';
import type { SeenMap } from './mapSource.ts';

/** One head: every query token by every key token. */
export class MatrixView implements View {
  readonly #context: Context;
  readonly #panes: Panes<MatrixPane>;
  readonly #difference: DifferencePane;
  readonly #ramp = new Ramp();
  readonly #differenceRamp = new Ramp();

  constructor(context: Context) {
    this.#context = context;
    this.#panes = new Panes((side) => new MatrixPane(context, side));
    this.#difference = new DifferencePane(context);
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
      ...this.#legends(),
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
      ${sides.length === 2 ? this.#differencePart(panes) : nothing}
    </div>`;
  }

  draw(): void {
    const sides = this.#context.sides();
    const max = this.#max();
    this.#panes.of(sides.length).forEach((pane) => pane.draw(max));
    if (sides.length === 2) this.#difference.draw();
  }

  onKey(event: KeyboardEvent): boolean {
    const panes = this.#panes.of(this.#context.sides().length);
    // Zoom keys belong to the picture that has the focus, else to the first.
    const focused = panes.find((pane) => pane.element.contains(document.activeElement));
    if (focused) return focused.onKey(event);
    if (this.#difference.element.contains(document.activeElement)) return this.#difference.onKey(event);
    return panes[0]?.onKey(event) === true;
  }

  dispose(): void {
    this.#panes.dispose();
    this.#difference.dispose();
  }

  #paneBody(side: Side, pane: MatrixPane, map: Loadable<SeenMap>): TemplateResult {
    if (map.status === 'failed') return notReady(this.#context, map, { retry: () => side.maps.retry() });
    // The last head stays until the next one is there: no flicker between heads.
    if (map.status !== 'ready' && !pane.hasContent)
      return notReady(this.#context, map, { retry: () => side.maps.retry() });
    return html`${pane.element}`;
  }

  #differencePart(panes: readonly MatrixPane[]): TemplateResult {
    const { say } = this.#context;
    const [left, right] = panes.map(({ whole }) => whole);
    if (!left || !right) {
      const isCoarse = panes.every(({ hasContent }) => hasContent);
      return html`<section class="pane">
        <h2>${say('difference')}</h2>
        <p class="caption">${say(isCoarse ? 'differenceTooLong' : 'loading')}</p>
      </section>`;
    }
    this.#difference.load(left, right);
    return html`<section class="pane">
      <h2>${say('difference')}</h2>
      ${this.#difference.element}
      <p class="caption">${this.#difference.about}</p>
    </section>`;
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

  #legends(): readonly TemplateResult[] {
    const { say, numbers, palettes, sides } = this.#context;
    const ends = [numbers.weight(0), numbers.weight(this.#max())] as const;
    const weights = this.#ramp.template(palettes().sequential, say('weight'), ends);
    if (sides().length < 2) return [weights];
    const { max } = this.#difference;
    const differences = [numbers.signed(-max), numbers.signed(max)] as const;
    return [weights, this.#differenceRamp.template(palettes().diverging, say('difference'), differences)];
  }
}
