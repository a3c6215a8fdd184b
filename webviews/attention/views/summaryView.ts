import type { TemplateResult } from 'lit';
import type { nothing } from 'lit';
import { html } from 'lit';
import type { HeadSummary } from '../../../src/shared/attentionProtocol.ts';
import type { HeadPlace, Rect } from '../canvas/headGrid.ts';
import { HeadGrid } from '../canvas/headGrid.ts';
import { cssColor } from '../canvas/picture.ts';
import type { MeasureName } from '../model/measures.ts';
import { isShare, measureNames, measureOf } from '../model/measures.ts';
import { segmented, select } from '../page/controls.ts';
import type { Context, View } from '../page/context.ts';
import { currentStack, layerControl } from '../page/headControls.ts';
import { measureLabel, measureValue } from '../page/measureWords.ts';
import { notReady } from '../page/states.ts';
import { moveHead } from './headsMove.ts';
import { HeadTable } from './headTable.ts';
import { InfluencePart } from './influencePart.ts';
import { Ramp } from './ramp.ts';

type Part = 'heads' | 'rollout' | 'flow';

/** What the heads do, in numbers; and what reaches the output through all layers. */
export class SummaryView implements View {
  readonly #context: Context;
  readonly #grid: HeadGrid;
  readonly #table: HeadTable;
  readonly #ramp = new Ramp();
  readonly #influence: InfluencePart;
  #part: Part = 'heads';
  #measure: MeasureName = 'entropy';

  constructor(context: Context) {
    this.#context = context;
    this.#table = new HeadTable(context);
    this.#influence = new InfluencePart(context);
    this.#grid = new HeadGrid({
      name: 'measure-grid',
      label: context.say('viewSummary'),
      cornerLabel: context.say('layerHead'),
      theme: context.theme,
      frames: context.frames,
      smallest: 16,
      largest: 44,
      paintHead: (canvas, place, rect) => this.#paintHead(canvas, place, rect),
      onHover: (place) => {
        this.#grid.marked = place;
        if (place) context.tell(this.#describe(place), false);
      },
      onPick: (place) => context.store.update({ ...place }),
    });
  }

  controls(): readonly TemplateResult[] {
    const { say, sides, invalidate } = this.#context;
    const abilities = sides()[0]?.description.data.abilities;
    const stack = currentStack(this.#context);
    if (!stack) return [];
    const parts = [
      { value: 'heads' as const, label: say('partHeads') },
      ...(abilities?.has('rollout') === true && stack.name !== 'cross'
        ? [
            { value: 'rollout' as const, label: say('partRollout') },
            { value: 'flow' as const, label: say('partFlow') },
          ]
        : []),
    ];
    const choice = segmented<Part>({
      label: say('viewSummary'),
      value: this.#part,
      choices: parts,
      onChoose: (part) => {
        this.#part = part;
        invalidate();
      },
    });
    return parts.length > 1 ? [choice, ...this.#partControls()] : this.#partControls();
  }

  body(): TemplateResult {
    const side = this.#context.sides()[0];
    const stack = currentStack(this.#context);
    if (!side || !stack) return html``;
    if (this.#part !== 'heads' && stack.name !== 'cross') return this.#influence.body(side, this.#part);
    const summaries = side.summaries.get({});
    if (summaries.status !== 'ready')
      return notReady(this.#context, summaries, { retry: () => side.summaries.retry() });
    const { layer } = this.#context.store.state;
    const own = summaries.value.filter((summary) => summary.stack === stack.name);
    return html`<div class="panes">
      <section class="pane">${this.#grid.surface.element}${this.#namedHeads(own)}</section>
      <section class="pane wide">
        ${this.#table.template(own.filter((summary) => summary.layer === layer))}
      </section>
    </div>`;
  }

  draw(): void {
    const stack = currentStack(this.#context);
    if (!stack) return;
    if (this.#part !== 'heads' && stack.name !== 'cross') {
      this.#influence.draw();
      return;
    }
    const { layer, head } = this.#context.store.state;
    this.#grid.heads = stack.heads;
    this.#grid.current = { layer, head };
    this.#grid.surface.label = this.#context.say('measureGridLabel', {
      measure: measureLabel(this.#context.say, this.#measure),
    });
  }

  onKey(event: KeyboardEvent): boolean {
    if (this.#part !== 'heads') return this.#influence.onKey(event);
    const stack = currentStack(this.#context);
    if (!stack || !this.#grid.surface.element.contains(document.activeElement)) return false;
    return moveHead(this.#context, event.key, stack.heads, {
      reveal: (place) => this.#grid.reveal(place),
      describe: (place) => this.#describe(place),
    });
  }

  dispose(): void {
    this.#grid.dispose();
    this.#influence.dispose();
  }

  #partControls(): readonly TemplateResult[] {
    const { say, numbers, palettes, invalidate } = this.#context;
    const stack = currentStack(this.#context);
    if (!stack || this.#part !== 'heads') return this.#influence.controls();
    const measure = select({
      label: say('measure'),
      value: this.#measure,
      choices: measureNames.map((name) => ({ value: name, label: measureLabel(say, name) })),
      onChoose: (name) => {
        this.#measure = name;
        invalidate();
      },
    });
    const ends = [0, this.#largest()] as const;
    const [low, high] = ends.map((end) => measureValue(numbers, this.#measure, end));
    return [
      layerControl(this.#context, stack),
      measure,
      this.#ramp.template(palettes().sequential, '', [low ?? '', high ?? '']),
    ];
  }

  get #summaries(): readonly HeadSummary[] {
    const summaries = this.#context.sides()[0]?.summaries.peek({});
    const { stack } = this.#context.store.state;
    return summaries?.status === 'ready' ? summaries.value.filter((summary) => summary.stack === stack) : [];
  }

  #largest(): number {
    if (isShare(this.#measure)) return 1;
    const values = this.#summaries.map((summary) => measureOf(summary, this.#measure));
    return Math.max(0, ...values.filter((value) => !Number.isNaN(value)));
  }

  #summaryAt({ layer, head }: HeadPlace): HeadSummary | undefined {
    return this.#summaries.find((summary) => summary.layer === layer && summary.head === head);
  }

  #describe(place: HeadPlace): string {
    const { say, numbers } = this.#context;
    const summary = this.#summaryAt(place);
    if (!summary) return say('headAt', { ...place });
    return say('measureAt', {
      ...place,
      measure: measureLabel(say, this.#measure),
      value: measureValue(numbers, this.#measure, measureOf(summary, this.#measure)),
    });
  }

  #paintHead(canvas: CanvasRenderingContext2D, place: HeadPlace, { x, y, size }: Rect): void {
    const summary = this.#summaryAt(place);
    const largest = this.#largest();
    const theme = this.#context.theme();
    if (summary && largest > 0) {
      const value = measureOf(summary, this.#measure);
      canvas.fillStyle = Number.isNaN(value)
        ? theme.background
        : cssColor(this.#context.palettes().sequential, value / largest);
      canvas.fillRect(x, y, size, size);
    }
    canvas.strokeStyle = theme.border;
    canvas.lineWidth = 1;
    canvas.strokeRect(x + 0.5, y + 0.5, size - 1, size - 1);
  }

  #namedHeads(summaries: readonly HeadSummary[]): TemplateResult | typeof nothing {
    const named = summaries.filter(({ pattern }) => pattern !== undefined).length;
    return html`<p class="caption">
      ${this.#context.say('namedHeads', { named, heads: summaries.length })}
    </p>`;
  }
}
