import type { TemplateResult } from 'lit';
import { html, nothing } from 'lit';
import { remember } from '../../common/remember.ts';
import type { Axis } from '../model/axis.ts';
import { alignAxes } from '../model/difference.ts';
import { checkbox, segmented } from '../page/controls.ts';
import type { Context, View } from '../page/context.ts';
import { currentStack, headControl, layerControl, segmentControls } from '../page/headControls.ts';
import { notReady } from '../page/states.ts';
import { Passage } from '../text/passage.ts';
import { TintStyles } from '../text/tints.ts';
import { Panes } from './panes.ts';
import { Ramp } from './ramp.ts';
import { TextPane } from './textPane.ts';
import { chooseToken } from './tokenChoice.ts';

/** The passage itself, tinted by what the chosen token attends to, or by who attends to it. */
export class TextView implements View {
  readonly #context: Context;
  readonly #panes: Panes<TextPane>;
  readonly #ramp = new Ramp();
  readonly #styles = new TintStyles();
  readonly #difference: Passage;
  readonly #align = remember((left: Axis, right: Axis) => alignAxes(left, right));

  constructor(context: Context) {
    this.#context = context;
    this.#panes = new Panes((side) => new TextPane(context, side));
    this.#difference = new Passage({
      label: context.say('difference'),
      onHover: () => undefined,
      onPick: (token) => chooseToken(context, 0, token, context.store.state.direction),
    });
  }

  controls(): readonly TemplateResult[] {
    const stack = currentStack(this.#context);
    if (!stack) return [];
    const { say, store, numbers, palettes } = this.#context;
    const max = this.#max();
    const ends = [numbers.weight(0), numbers.weight(max)] as const;
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
      ...segmentControls(this.#context),
      checkbox({
        label: say('joinWords'),
        checked: store.state.words,
        onChange: (words) => store.update({ words }),
      }),
      ...(max > 0 ? [this.#ramp.template(palettes().sequential, say('weight'), ends)] : []),
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
      ${sides.length === 2 ? this.#differencePart() : nothing}
    </div>`;
  }

  draw(): void {
    this.#styles.update(this.#context.palettes(), this.#context.theme());
    const max = this.#max();
    for (const pane of this.#panes.of(this.#context.sides().length)) pane.draw(max);
    this.#drawDifference();
  }

  onKey(event: KeyboardEvent): boolean {
    const panes = this.#panes.of(this.#context.sides().length);
    const pane = panes.find(({ hasFocus }) => hasFocus) ?? panes[0];
    return pane?.onKey(event) === true;
  }

  dispose(): void {
    this.#panes.dispose();
    this.#difference.dispose();
    this.#styles.dispose();
  }

  #differencePart(): TemplateResult {
    const { say } = this.#context;
    return html`<section class="pane">
      <h2>${say('difference')}</h2>
      ${this.#difference.element}
      <p class="caption">${say('differenceTints')}</p>
    </section>`;
  }

  /** The first side's text, tinted by what its chosen token attends to more (orange) or less (blue) than on the other side. */
  #drawDifference(): void {
    const [side, other] = this.#context.sides();
    const [left, right] = this.#panes.of(this.#context.sides().length).map(({ answer }) => answer);
    const { stack: name, direction } = this.#context.store.state;
    const stack = side?.stack(name);
    const along = direction === 'from' ? 'keys' : 'queries';
    const tokens = stack && side?.tokens(stack, along);
    if (!side || !other || !stack || !tokens) return;
    const aligned = left && right ? this.#align(left.others, right.others) : undefined;
    const differences = Array.from(
      aligned?.left ?? [],
      (place, at) => (left?.weights[place] ?? NaN) - (right?.weights[aligned?.right[at] ?? -1] ?? NaN),
    );
    const most = differences.reduce((max, value) => (Math.abs(value) > max ? Math.abs(value) : max), 0);
    this.#difference.show({
      tokens,
      texts: side.texts(stack, along),
      kind: 'difference',
      chosen: undefined,
      tints: (aligned?.axis.groups ?? []).map(({ first, end }, at) => ({
        first,
        end,
        share: most > 0 ? (differences[at] ?? 0) / most : 0,
      })),
    });
  }

  #max(): number {
    return Math.max(0, ...this.#panes.of(this.#context.sides().length).map(({ max }) => max));
  }
}
