import type { TemplateResult } from 'lit';
import { html } from 'lit';
import type { Attribution, AttentionMap, DeletionCurve } from '../../../src/shared/attentionProtocol.ts';
import { weightAt } from '../../../src/shared/attentionMaps.ts';
import type { Loadable } from '../../common/questions.ts';
import { cssProperties } from '../../common/cssProperties.ts';
import { remember } from '../../common/remember.ts';
import { LineChart } from '../canvas/lineChart.ts';
import type { Side } from '../model/side.ts';
import { unitTokens } from '../model/unitTokens.ts';
import { segmented } from '../page/controls.ts';
import type { Context, View } from '../page/context.ts';
import { notReady } from '../page/states.ts';
import { predictionText } from '../page/words.ts';
import { Passage } from '../text/passage.ts';
import { TintStyles } from '../text/tints.ts';
import { Ramp } from './ramp.ts';

type Unit = 'word' | 'token';

const dashes: Readonly<Record<DeletionCurve['by'], readonly number[]>> = {
  occlusion: [],
  attention: [7, 3],
  rollout: [2, 3],
  random: [1, 5],
};

/** What the prediction hangs on, measured by taking words away, next to what attention would make one believe. */
export class AttributionView implements View {
  readonly #context: Context;
  readonly #chart: LineChart;
  readonly #occlusion: Passage;
  readonly #attention: Passage;
  readonly #styles = new TintStyles();
  readonly #ramp = new Ramp();
  readonly #units = remember(unitTokens);
  #unit: Unit = 'word';
  /** The question that was started; it runs the model many times, so only on demand. */
  #started: Unit | undefined;
  #side: Side | undefined;

  constructor(context: Context) {
    this.#context = context;
    this.#chart = new LineChart(context.say('curvesLabel'), context);
    this.#occlusion = this.#createPassage();
    this.#attention = this.#createPassage();
  }

  controls(): readonly TemplateResult[] {
    const { say, numbers, palettes, invalidate } = this.#context;
    const unit = segmented<Unit>({
      label: say('unit'),
      value: this.#unit,
      choices: [
        { value: 'word', label: say('unitWord') },
        { value: 'token', label: say('unitToken') },
      ],
      onChoose: (chosen) => {
        this.#unit = chosen;
        invalidate();
      },
    });
    const known = this.#known();
    if (known?.status !== 'ready') return [unit];
    const most = largestDrop(known.value);
    return [
      unit,
      this.#ramp.template(palettes().diverging, say('drop'), [numbers.signed(-most), numbers.signed(most)]),
    ];
  }

  body(): TemplateResult {
    const side = this.#context.sides()[0];
    if (!side) return html``;
    if (side !== this.#side) {
      this.#side = side;
      this.#started = undefined;
    }
    const known = side.attributions.peek({ unit: this.#unit });
    if (known.status === 'idle' && this.#started !== this.#unit) return this.#invitation();
    const answer = side.attributions.get({ unit: this.#unit });
    if (answer.status !== 'ready')
      return notReady(this.#context, answer, {
        retry: () => side.attributions.retry(),
        cancel: () => {
          this.#started = undefined;
          side.attributions.cancel();
        },
      });
    return this.#result(answer.value);
  }

  draw(): void {
    const side = this.#context.sides()[0];
    const known = this.#known();
    const tokens = side?.loaded?.source;
    if (!side || known?.status !== 'ready' || !tokens) return;
    this.#styles.update(this.#context.palettes(), this.#context.theme());
    const { value } = known;
    const most = largestDrop(value);
    const ranges = this.#units(value, tokens);
    const { text, question } = side.description.texts;
    const texts = question === undefined ? [text] : [question, text];
    const common = { tokens, texts, chosen: undefined };
    this.#occlusion.show({
      ...common,
      kind: 'difference',
      tints: ranges.flatMap((range, unit) =>
        range ? [{ ...range, share: most > 0 ? (value.drops[unit] ?? 0) / most : 0 }] : [],
      ),
    });
    this.#attention.show({ ...common, kind: 'weight', tints: this.#attentionTints(side) });
    const { say, numbers } = this.#context;
    this.#chart.chart = {
      curves: value.curves.map(({ by, scores }) => ({
        label: this.#rankingName(by),
        color: this.#curveColor(by),
        dash: dashes[by],
        values: scores,
      })),
      xLabel: say('curvesX'),
      yLabel: say('curvesY', { label: value.base.text }),
      xEnds: [numbers.percent(0), numbers.percent(1)],
      format: (score) => numbers.plain(score),
    };
    this.#chart.surface.label = `${say('curvesLabel')} ${this.#verdict(value)}`;
  }

  onKey(): boolean {
    return false;
  }

  dispose(): void {
    this.#chart.dispose();
    this.#occlusion.dispose();
    this.#attention.dispose();
    this.#styles.dispose();
  }

  #createPassage(): Passage {
    const passage: Passage = new Passage({
      label: this.#context.say('passage'),
      onHover: (token) => {
        passage.marked = this.#unitAt(token)?.range;
        this.#onHover(token);
      },
      onPick: (token) => this.#context.store.update({ token, direction: 'from' }),
    });
    return passage;
  }

  #known(): Loadable<Attribution> | undefined {
    return this.#context.sides()[0]?.attributions.peek({ unit: this.#unit });
  }

  #invitation(): TemplateResult {
    const { say, invalidate } = this.#context;
    return html`<div class="notice">
      <p>${say('attributionAbout')}</p>
      <vscode-button
        @click=${() => {
          this.#started = this.#unit;
          invalidate();
        }}
        >${say('attributionStart')}</vscode-button
      >
    </div>`;
  }

  #result(attribution: Attribution): TemplateResult {
    const { say, numbers } = this.#context;
    return html`<p class="about">
        ${say('attributionBase', { prediction: predictionText(this.#context, attribution.base) })}
        ${this.#verdict(attribution)}
      </p>
      <div class="panes">
        <section class="pane">
          <h2>${say('occlusion')}</h2>
          ${this.#occlusion.element}
        </section>
        <section class="pane">
          <h2>${say('attentionLast')}</h2>
          ${this.#attention.element}
        </section>
        <section class="pane">
          <h2>${say('curves')}</h2>
          ${this.#chart.surface.element}
          <p class="caption">
            ${attribution.curves.map(
              ({ by, area }) =>
                html`<span class="curve ${by}" ${cssProperties({ '--head': this.#curveColor(by) })}
                  >${this.#rankingName(by)} <b>${numbers.weight(area)}</b></span
                >`,
            )}
          </p>
        </section>
      </div>`;
  }

  #rankingName(by: DeletionCurve['by']): string {
    const { say } = this.#context;
    const names: Readonly<Record<DeletionCurve['by'], () => string>> = {
      occlusion: () => say('rankOcclusion'),
      attention: () => say('rankAttention'),
      rollout: () => say('rankRollout'),
      random: () => say('rankRandom'),
    };
    return names[by]();
  }

  #curveColor(by: DeletionCurve['by']): string {
    const theme = this.#context.theme();
    const { head } = this.#context.palettes();
    return { occlusion: theme.accent, attention: head(2), rollout: head(4), random: theme.muted }[by];
  }

  /**
   * What the curves say about attention, in one sentence, by the score after the first 20 % of the words. The areas do
   * not say it: with nearly everything masked the score may come back.
   */
  #verdict({ curves }: Attribution): string {
    const { say, numbers } = this.#context;
    const scoresBy = (by: DeletionCurve['by']): Float32Array | undefined =>
      curves.find((curve) => curve.by === by)?.scores;
    const early = (by: DeletionCurve['by']): number => scoresBy(by)?.[2] ?? NaN;
    const base = scoresBy('occlusion')?.[0] ?? NaN;
    const [occlusion, attention, random] = [early('occlusion'), early('attention'), early('random')];
    if ([base, occlusion, attention, random].some(Number.isNaN)) return say('verdictUnknown');
    const details = {
      base: numbers.weight(base),
      occlusion: numbers.weight(occlusion),
      attention: numbers.weight(attention),
      random: numbers.weight(random),
    };
    if (base - occlusion < 0.05 * Math.abs(base)) return say('verdictFlat', details);
    // How much of what occlusion's ranking gains over chance attention's gains too.
    const gained = (random - attention) / (random - occlusion);
    if (gained >= 0.8) return say('verdictGood', details);
    return gained >= 0.3 ? say('verdictPart', details) : say('verdictNone', details);
  }

  /** Attention of the token that the prediction is read from, mean over the heads of the last layer. */
  #attentionTints(
    side: Side,
  ): readonly { readonly first: number; readonly end: number; readonly share: number }[] {
    const map = this.#lastLayer(side);
    if (!map) return [];
    const isCausal = side.loaded?.stacks.some(({ name }) => name === 'decoder') === true;
    const row = isCausal ? map.rows - 1 : 0;
    const max = map.scales[row] ?? 0;
    return Array.from({ length: map.columns }, (_, first) => ({
      first,
      end: first + 1,
      share: max > 0 ? weightAt(map, row, first) / max : 0,
    }));
  }

  #lastLayer(side: Side): AttentionMap | undefined {
    const stacks = side.loaded?.stacks ?? [];
    // What looks at the source last: cross-attention where there is some.
    const stack = stacks.find(({ name }) => name === 'cross') ?? stacks.at(-1);
    if (!stack) return undefined;
    const map = side.aggregates.get({ kind: 'mean', stack: stack.name, layer: stack.heads.length - 1 });
    return map.status === 'ready' ? map.value : undefined;
  }

  #unitAt(token: number | undefined): { range: { first: number; end: number }; drop: number } | undefined {
    const known = this.#known();
    const tokens = this.#context.sides()[0]?.loaded?.source;
    if (token === undefined || known?.status !== 'ready' || !tokens) return undefined;
    const ranges = this.#units(known.value, tokens);
    const unit = ranges.findIndex((range) => range && token >= range.first && token < range.end);
    const range = ranges[unit];
    return range && { range, drop: known.value.drops[unit] ?? NaN };
  }

  #onHover(token: number | undefined): void {
    const unit = this.#unitAt(token);
    const tokens = this.#context.sides()[0]?.loaded?.source;
    this.#context.light(0, unit ? [{ along: 'keys', ...unit.range, weight: 1 }] : []);
    if (!unit || !tokens) return;
    const label = tokens.pieces
      .slice(unit.range.first, unit.range.end)
      .join('')
      .replaceAll(/##|[Ġ▁]/g, '');
    this.#context.tell(
      this.#context.say('dropAt', { token: label, drop: this.#context.numbers.signed(-unit.drop) }),
      false,
    );
  }
}

const largestDrop = ({ drops }: Attribution): number =>
  drops.reduce((most, drop) => (Math.abs(drop) > most ? Math.abs(drop) : most), 0);
