import type { TemplateResult } from 'lit';
import { html, nothing } from 'lit';
import type { HeadAddress, HeadImportance, MaskOutcome } from '../../../src/shared/attentionProtocol.ts';
import type { Loadable } from '../../common/questions.ts';
import type { HeadPlace, Rect } from '../canvas/headGrid.ts';
import { HeadGrid } from '../canvas/headGrid.ts';
import { cssColor } from '../canvas/picture.ts';
import type { Side } from '../model/side.ts';
import type { Context, View } from '../page/context.ts';
import { currentStack } from '../page/headControls.ts';
import { notReady } from '../page/states.ts';
import { predictionText } from '../page/words.ts';
import { moveHead } from './headsMove.ts';
import { Ramp } from './ramp.ts';

/** Switches heads off and shows what the model then predicts; and how much each head matters. */
export class HeadsView implements View {
  readonly #context: Context;
  readonly #grid: HeadGrid;
  readonly #ramp = new Ramp();
  /** Whether "every head in turn" was asked for: it runs the model once a head. */
  #isRankingOn = false;
  #outcome: MaskOutcome | undefined;
  #side: Side | undefined;

  constructor(context: Context) {
    this.#context = context;
    this.#grid = new HeadGrid({
      name: 'mask-grid',
      label: context.say('maskLabel'),
      cornerLabel: context.say('layerHead'),
      theme: context.theme,
      frames: context.frames,
      smallest: 20,
      largest: 44,
      paintHead: (canvas, place, rect) => this.#paintHead(canvas, place, rect),
      onHover: (place) => {
        this.#grid.marked = place;
        if (place) context.tell(this.#describe(place), false);
      },
      onPick: (place) => {
        context.store.update({ ...place });
        this.#toggle([place]);
        context.tell(this.#describe(place), true);
      },
      onPickLayer: (layer) => this.#toggleLayer(layer),
    });
  }

  controls(): readonly TemplateResult[] {
    const { say, store, host, palettes, numbers } = this.#context;
    const { masked } = store.state;
    const importance = this.#importance();
    const save = (): void => {
      host?.act({ kind: 'save-mask', side: 0, heads: masked }).catch((thrown: unknown) => {
        this.#context.tell(thrown instanceof Error ? thrown.message : String(thrown), true);
      });
    };
    const most = importance?.status === 'ready' ? this.#largest(importance.value) : undefined;
    return [
      html`<vscode-button
        secondary
        ?disabled=${masked.length === 0}
        @click=${() => store.update({ masked: [] })}
        >${say('allOn')}</vscode-button
      >`,
      html`${
        host
          ? html`<vscode-button secondary ?disabled=${masked.length === 0} @click=${save}
              >${say('saveMask')}</vscode-button
            >`
          : nothing
      }`,
      html`<vscode-button
        ?disabled=${importance?.status === 'loading' || importance?.status === 'ready'}
        @click=${() => {
          this.#isRankingOn = true;
          this.#context.invalidate();
        }}
        >${say('everyHead')}</vscode-button
      >`,
      ...(most === undefined
        ? []
        : [
            this.#ramp.template(palettes().diverging, say('importance'), [
              numbers.signed(-most),
              numbers.signed(most),
            ]),
          ]),
    ];
  }

  body(): TemplateResult {
    const side = this.#context.sides()[0];
    if (!side) return html``;
    if (side !== this.#side) {
      this.#side = side;
      this.#outcome = undefined;
      this.#isRankingOn = false;
    }
    const importance = this.#isRankingOn ? side.importances.get({}) : undefined;
    return html`<div class="panes">
      <section class="pane">
        ${this.#grid.surface.element}
        <p class="caption">${this.#context.say('maskCaption')}</p>
      </section>
      <section class="pane">
        ${this.#outcomePart(side)}
        ${
          importance && importance.status !== 'ready'
            ? notReady(this.#context, importance, {
                retry: () => side.importances.retry(),
                cancel: () => {
                  this.#isRankingOn = false;
                  side.importances.cancel();
                },
              })
            : nothing
        }
      </section>
    </div>`;
  }

  draw(): void {
    const stack = currentStack(this.#context);
    if (!stack) return;
    const { layer, head } = this.#context.store.state;
    this.#grid.heads = stack.heads;
    this.#grid.current = { layer, head };
  }

  onKey(event: KeyboardEvent): boolean {
    const stack = currentStack(this.#context);
    if (!stack || !this.#grid.surface.element.contains(document.activeElement)) return false;
    const { layer, head } = this.#context.store.state;
    if (event.key === ' ' || event.key === 'Enter') {
      if (event.shiftKey) this.#toggleLayer(layer);
      else this.#toggle([{ layer, head }]);
      this.#context.tell(this.#describe({ layer, head }), true);
      return true;
    }
    return moveHead(this.#context, event.key, stack.heads, {
      reveal: (place) => this.#grid.reveal(place),
      describe: (place) => this.#describe(place),
    });
  }

  dispose(): void {
    this.#grid.dispose();
  }

  #importance(): Loadable<HeadImportance> | undefined {
    return this.#isRankingOn ? this.#context.sides()[0]?.importances.peek({}) : undefined;
  }

  #outcomePart(side: Side): TemplateResult {
    const { masked } = this.#context.store.state;
    const { say, numbers } = this.#context;
    if (masked.length === 0) {
      side.masks.want([]);
      return html`<p>${say('maskNone')}</p>`;
    }
    const answer = side.masks.get({ heads: masked });
    if (answer.status === 'failed')
      return notReady(this.#context, answer, { retry: () => side.masks.retry() });
    if (answer.status === 'ready') this.#outcome = answer.value;
    const outcome = this.#outcome;
    if (!outcome) return notReady(this.#context, answer, { retry: () => side.masks.retry() });
    const isStale = answer.status !== 'ready';
    return html`<div class="outcome ${isStale ? 'is-stale' : ''}" aria-live="polite">
      <h2>${say('maskCount', { heads: masked.length })}</h2>
      <dl>
        <dt>${say('before')}</dt>
        <dd>${predictionText(this.#context, outcome.before)}</dd>
        <dt>${say('after')}</dt>
        <dd>${predictionText(this.#context, outcome.after)}</dd>
        <dt>${say('kept', { label: outcome.before.text })}</dt>
        <dd>
          ${numbers.weight(outcome.before.score)} → ${numbers.weight(outcome.kept)}
          (${numbers.signed(outcome.kept - outcome.before.score)})
        </dd>
      </dl>
    </div>`;
  }

  #isOff({ layer, head }: HeadPlace): boolean {
    const { masked, stack } = this.#context.store.state;
    return masked.some((one) => one.stack === stack && one.layer === layer && one.head === head);
  }

  #toggle(places: readonly HeadPlace[]): void {
    const { masked, stack } = this.#context.store.state;
    // Some of them on: all go off. All off: all go on.
    const isAllOff = places.every((place) => this.#isOff(place));
    const others = masked.filter(
      (one) =>
        one.stack !== stack || !places.some(({ layer, head }) => layer === one.layer && head === one.head),
    );
    const added = isAllOff ? [] : places.map((place): HeadAddress => ({ stack, ...place }));
    this.#context.store.update({ masked: [...others, ...added] });
  }

  #toggleLayer(layer: number): void {
    const heads = currentStack(this.#context)?.heads[layer] ?? 0;
    this.#toggle(Array.from({ length: heads }, (_, head) => ({ layer, head })));
  }

  #dropAt(place: HeadPlace): number | undefined {
    const importance = this.#importance();
    const stack = currentStack(this.#context);
    if (importance?.status !== 'ready' || !stack) return undefined;
    const columns = Math.max(0, ...stack.heads);
    const own = importance.value.stacks.find(({ name }) => name === stack.name);
    return own?.drops[place.layer * columns + place.head];
  }

  #largest({ stacks }: HeadImportance): number {
    const own = stacks.find(({ name }) => name === this.#context.store.state.stack);
    return own?.drops.reduce((most, drop) => (Math.abs(drop) > most ? Math.abs(drop) : most), 0) ?? 0;
  }

  #describe(place: HeadPlace): string {
    const { say, numbers } = this.#context;
    const state = say(this.#isOff(place) ? 'headOff' : 'headOn', { ...place });
    const drop = this.#dropAt(place);
    return drop === undefined ? state : `${state} · ${say('importanceAt', { drop: numbers.signed(-drop) })}`;
  }

  #paintHead(canvas: CanvasRenderingContext2D, place: HeadPlace, { x, y, size }: Rect): void {
    const theme = this.#context.theme();
    const drop = this.#dropAt(place);
    const importance = this.#importance();
    if (drop !== undefined && importance?.status === 'ready') {
      const most = this.#largest(importance.value);
      canvas.fillStyle = cssColor(this.#context.palettes().diverging, 0.5 + (most > 0 ? drop / most / 2 : 0));
      canvas.fillRect(x, y, size, size);
    }
    canvas.strokeStyle = theme.border;
    canvas.lineWidth = 1;
    canvas.strokeRect(x + 0.5, y + 0.5, size - 1, size - 1);
    if (!this.#isOff(place)) return;
    // A cross says "off" without a colour.
    canvas.fillStyle = theme.background;
    canvas.fillRect(x + size * 0.2, y + size * 0.2, size * 0.6, size * 0.6);
    canvas.strokeStyle = theme.foreground;
    canvas.lineWidth = 2;
    canvas.beginPath();
    for (const [from, to] of [
      [0.3, 0.7],
      [0.7, 0.3],
    ] as const) {
      canvas.moveTo(x + size * from, y + size * 0.3);
      canvas.lineTo(x + size * to, y + size * 0.7);
    }
    canvas.stroke();
  }
}
