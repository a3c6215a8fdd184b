import type { TemplateResult } from 'lit';
import { html, nothing } from 'lit';
import type { AttentionStack } from '../../../src/shared/attentionProtocol.ts';
import { cssProperties } from '../../common/cssProperties.ts';
import { checkbox, slider } from '../page/controls.ts';
import type { Context, View } from '../page/context.ts';
import { currentStack, layerControl, segmentControls } from '../page/headControls.ts';
import { notReady } from '../page/states.ts';
import { LinksPane } from './linksPane.ts';
import { Panes } from './panes.ts';

/** Tokens in two columns with weighted lines, for any set of heads of a layer. */
export class LinksView implements View {
  readonly #context: Context;
  readonly #panes: Panes<LinksPane>;

  constructor(context: Context) {
    this.#context = context;
    this.#panes = new Panes((side) => new LinksPane(context, side));
  }

  controls(): readonly TemplateResult[] {
    const stack = currentStack(this.#context);
    if (!stack) return [];
    const { say, store, numbers } = this.#context;
    const { topK, threshold, words } = store.state;
    return [
      layerControl(this.#context, stack),
      slider({
        label: say('topK'),
        value: topK,
        min: 1,
        max: 10,
        onInput: (value) => store.update({ topK: value }),
      }),
      slider({
        label: say('threshold'),
        value: threshold,
        min: 0,
        max: 0.5,
        step: 0.01,
        shown: numbers.plain(threshold),
        onInput: (value) => store.update({ threshold: value }),
      }),
      ...segmentControls(this.#context),
      checkbox({ label: say('joinWords'), checked: words, onChange: (on) => store.update({ words: on }) }),
      this.#heads(stack),
    ];
  }

  body(): TemplateResult {
    const { say, store, numbers } = this.#context;
    const sides = this.#context.sides();
    const panes = this.#panes.of(sides.length);
    return html`<div class="panes">
      ${sides.map((side, index) => {
        const pane = panes[index];
        const stack = side.stack(store.state.stack);
        if (!pane || !stack) return nothing;
        const maps = pane.load(side, stack);
        return html`<section class="pane ${maps.status === 'loading' ? 'is-loading' : ''}">
          ${sides.length > 1 ? html`<h2>${side.description.title}</h2>` : nothing}
          ${
            maps.status === 'failed'
              ? notReady(this.#context, maps, { retry: () => side.maps.retry() })
              : pane.canvas.surface.element
          }
          <p class="caption">
            ${
              store.state.heads.length === 0
                ? say('linksNoHeads')
                : say('linksCaption', { lines: pane.lines, threshold: numbers.plain(store.state.threshold) })
            }
            ${pane.isBanded ? say('linksLongHint') : nothing}
          </p>
        </section>`;
      })}
    </div>`;
  }

  draw(): void {
    const panes = this.#panes.of(this.#context.sides().length);
    const max = Math.max(0, ...panes.map((pane) => pane.max));
    for (const pane of panes) pane.draw(max);
  }

  onKey(event: KeyboardEvent): boolean {
    const panes = this.#panes.of(this.#context.sides().length);
    const pane = panes.find(({ hasFocus }) => hasFocus) ?? panes[0];
    return pane?.onKey(event) === true;
  }

  dispose(): void {
    this.#panes.dispose();
  }

  /** The legend, whose entries switch heads on and off. */
  #heads(stack: AttentionStack): TemplateResult {
    const { say, store, palettes } = this.#context;
    const { heads: shown, layer } = store.state;
    const all = Array.from({ length: stack.heads[layer] ?? 0 }, (_, head) => head);
    const toggle = (head: number): void => {
      const isOn = shown.includes(head);
      store.update({
        heads: isOn ? shown.filter((one) => one !== head) : [...shown, head].sort((a, b) => a - b),
      });
    };
    return html`<span class="head-toggles" role="group" aria-label=${say('linksHeads')}
      >${say('linksHeads')}
      ${all.map(
        (head) =>
          html`<button
            ${cssProperties({ '--head': palettes().head(head) })}
            aria-pressed=${String(shown.includes(head))}
            aria-label="${say('head')} ${head}"
            @click=${() => toggle(head)}
            @dblclick=${() => store.update({ heads: [head] })}
          >
            ${head}
          </button>`,
      )}
      <button class="plain" @click=${() => store.update({ heads: all })}>${say('linksAll')}</button>
      <button class="plain" @click=${() => store.update({ heads: [] })}>${say('linksNone')}</button></span
    >`;
  }
}
