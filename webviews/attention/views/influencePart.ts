import type { TemplateResult } from 'lit';
import { html } from 'lit';
import type { AttentionMap, AttentionStack } from '../../../src/shared/attentionProtocol.ts';
import { largestWeight, weightAt } from '../../../src/shared/attentionMaps.ts';
import type { Disposable } from '../../../src/shared/disposable.ts';
import { remember } from '../../common/remember.ts';
import { pictureOf } from '../canvas/picture.ts';
import { gridOfMap, nanRows } from '../model/grid.ts';
import type { Side } from '../model/side.ts';
import type { Context } from '../page/context.ts';
import { currentStack } from '../page/headControls.ts';
import { notReady } from '../page/states.ts';
import { Passage } from '../text/passage.ts';
import { TintStyles } from '../text/tints.ts';
import { GridPane } from './gridPane.ts';
import { Ramp } from './ramp.ts';
import type { Axes } from './sideAxes.ts';
import { SideAxes } from './sideAxes.ts';

/** What reaches the output token through all layers: attention rollout (all tokens at once) and attention flow (one token). */
export class InfluencePart implements Disposable {
  readonly #context: Context;
  readonly #axes = new SideAxes();
  readonly #passage: Passage;
  readonly #pane: GridPane;
  readonly #styles = new TintStyles();
  readonly #ramp = new Ramp();
  readonly #grid = remember(gridOfMap);
  readonly #picture = remember(pictureOf);
  readonly #range = remember((max: number): readonly [number, number] => [0, max]);
  #shown: { readonly map: AttentionMap; readonly axes: Axes; readonly output: number } | undefined;
  /** The output token that flow was started for; it takes seconds. */
  #flowToken: number | undefined;

  constructor(context: Context) {
    this.#context = context;
    this.#passage = new Passage({
      label: context.say('passage'),
      onHover: (token) => this.#onHover(token),
      onPick: (token) => context.store.update({ token, direction: 'from' }),
    });
    this.#pane = new GridPane(context, {
      name: 'rollout-canvas',
      label: context.say('partRollout'),
      side: 0,
      describe: ({ row, column }, { axes, valueAt }) =>
        context.say('influenceAt', {
          key: axes.columns.groups[column]?.label ?? '',
          query: axes.rows.groups[row]?.label ?? '',
          weight: context.numbers.weight(valueAt({ row, column })),
        }),
    });
  }

  controls(): readonly TemplateResult[] {
    const { say, numbers, palettes } = this.#context;
    const max = this.#shown ? largestWeight(this.#shown.map) : 0;
    return [
      this.#ramp.template(palettes().sequential, say('influence'), [numbers.weight(0), numbers.weight(max)]),
    ];
  }

  body(side: Side, kind: 'rollout' | 'flow'): TemplateResult {
    const stack = currentStack(this.#context);
    const axes = stack && this.#axes.of(side, stack, { ...this.#context.store.state, words: false });
    if (!stack || !axes || stack.name === 'cross') return html``;
    const output = this.#outputToken(stack, axes);
    const { say, invalidate } = this.#context;
    if (kind === 'flow' && this.#flowToken !== output) {
      this.#shown = undefined;
      return html`<div class="notice">
        <p>${say('flowAbout', { token: axes.rows.groups[output]?.label ?? '' })}</p>
        <vscode-button
          @click=${() => {
            this.#flowToken = output;
            invalidate();
          }}
          >${say('flowStart')}</vscode-button
        >
      </div>`;
    }
    const params = kind === 'flow' ? { kind, stack: stack.name, token: output } : { kind, stack: stack.name };
    const answer = side.aggregates.get(params);
    if (answer.status !== 'ready') {
      this.#shown = undefined;
      return notReady(this.#context, answer, {
        retry: () => side.aggregates.retry(),
        ...(kind === 'flow' && {
          cancel: () => {
            this.#flowToken = undefined;
            side.aggregates.cancel();
          },
        }),
      });
    }
    this.#shown = { map: answer.value, axes, output };
    const token = axes.rows.groups[output]?.label ?? '';
    return html`<p class="about">${say(kind === 'flow' ? 'flowExplained' : 'rolloutExplained', { token })}</p>
      <div class="panes">
        <section class="pane">${this.#passage.element}</section>
        ${kind === 'rollout' ? html`<section class="pane">${this.#pane.element}</section>` : ''}
      </div>`;
  }

  draw(): void {
    const shown = this.#shown;
    const side = this.#context.sides()[0];
    const stack = currentStack(this.#context);
    const tokens = stack && side?.tokens(stack, 'keys');
    if (!shown || !side || !stack || !tokens) return;
    this.#styles.update(this.#context.palettes(), this.#context.theme());
    const { map, axes, output } = shown;
    const row = map.rows === 1 ? 0 : output;
    const max = map.scales[row] ?? 0;
    this.#passage.show({
      tokens,
      texts: side.texts(stack, 'keys'),
      tints: axes.columns.groups.map(({ first, end }, column) => ({
        first,
        end,
        share: max > 0 ? weightAt(map, row, column) / max : 0,
      })),
      kind: 'weight',
      chosen: axes.rows.groups[output],
    });
    if (map.rows === 1) return;
    const grid = this.#grid(map);
    const picture = this.#picture(grid, this.#context.palettes().sequential, this.#range(grid.max));
    this.#pane.show({
      axes,
      layers: [{ image: picture, row: 0, column: 0, rows: map.rows, columns: map.columns }],
      nanRows: nanRows(grid),
      valueAt: (cell) => weightAt(map, cell.row, cell.column),
      max: grid.max,
    });
  }

  onKey(event: KeyboardEvent): boolean {
    return this.#pane.element.isConnected && this.#pane.onKey(event);
  }

  dispose(): void {
    this.#passage.dispose();
    this.#pane.dispose();
    this.#styles.dispose();
  }

  /** The chosen token, else the one that the prediction is read from: the first of an encoder, the last of a decoder. */
  #outputToken({ name }: AttentionStack, axes: Axes): number {
    const { token, direction } = this.#context.store.state;
    if (token !== undefined && direction === 'from' && token < axes.rows.groups.length) return token;
    return name === 'decoder' ? axes.rows.groups.length - 1 : 0;
  }

  #onHover(token: number | undefined): void {
    const shown = this.#shown;
    const group = token === undefined ? undefined : shown?.axes.columns.groups[token];
    this.#passage.marked = group;
    this.#context.light(0, group ? [{ along: 'keys', first: group.first, end: group.end, weight: 1 }] : []);
    if (!group || !shown || token === undefined) return;
    const weight = weightAt(shown.map, shown.map.rows === 1 ? 0 : shown.output, token);
    const query = shown.axes.rows.groups[shown.output]?.label ?? '';
    this.#context.tell(
      this.#context.say('influenceAt', {
        key: group.label,
        query,
        weight: this.#context.numbers.weight(weight),
      }),
      false,
    );
  }
}
