import type { TemplateResult } from 'lit';
import { html } from 'lit';
import type { AttentionStack } from '../../../src/shared/attentionProtocol.ts';
import type { TokenGroup } from '../../../src/shared/attentionWords.ts';
import type { Disposable } from '../../../src/shared/disposable.ts';
import type { Loadable } from '../../common/questions.ts';
import type { Axis } from '../model/axis.ts';
import { maxOf } from '../model/grid.ts';
import { groupWeights } from '../model/groupWeights.ts';
import type { Side } from '../model/side.ts';
import type { Context } from '../page/context.ts';
import { Passage } from '../text/passage.ts';
import type { Axes } from './sideAxes.ts';
import { SideAxes } from './sideAxes.ts';
import { chooseToken, chosenGroup, chosenIndex, strongest, toggleToken } from './tokenChoice.ts';

type Along = 'queries' | 'keys';

interface Shown {
  readonly side: Side;
  readonly stack: AttentionStack;
  readonly axes: Axes;
  readonly chosen: TokenGroup | undefined;
  readonly answer: Answer | undefined;
}

/** A token's weights, one for each group of the axis that they lie along. */
interface Answer {
  readonly chosen: TokenGroup;
  readonly others: Axis;
  readonly weights: Float32Array;
}

/** One side's passage, tinted by the attention of the chosen token. */
export class TextPane implements Disposable {
  readonly #context: Context;
  readonly #side: number;
  readonly #axes = new SideAxes();
  readonly #passages: Readonly<Record<Along, Passage>>;
  #shown: Shown | undefined;
  #cursor: number | undefined;

  constructor(context: Context, side: number) {
    this.#context = context;
    this.#side = side;
    const passage = (along: Along): Passage =>
      new Passage({
        label: context.say(along === 'queries' ? 'passage' : 'passageKeys'),
        onHover: (token) => this.#onHover(along, token),
        onPick: (token) => this.#pick(along, token),
      });
    this.#passages = { queries: passage('queries'), keys: passage('keys') };
  }

  /** The last answer: stays until the next one is there, so that nothing flickers. */
  get answer(): Answer | undefined {
    return this.#shown?.answer;
  }

  /** Largest weight of what is shown. */
  get max(): number {
    return this.#shown?.answer ? maxOf(this.#shown.answer.weights) : 0;
  }

  /** Asks for the chosen token's weights and takes them when they are there. */
  load(side: Side): Loadable<unknown> {
    const { state } = this.#context.store;
    const stack = side.stack(state.stack);
    const axes = stack && this.#axes.of(side, stack, state);
    if (!stack || !axes) return { status: 'idle' };
    const chosen = chosenGroup(this.#context, this.#side, axes);
    const layer = Math.min(state.layer, stack.heads.length - 1);
    const tokens = chosen
      ? Array.from({ length: chosen.end - chosen.first }, (_, at) => chosen.first + at)
      : [];
    const answers = side.weights.want(
      tokens.map((token) => ({ stack: stack.name, layer, token, direction: state.direction })),
    );
    const values = answers.flatMap((answer) => (answer.status === 'ready' ? [answer.value] : []));
    const isThere = chosen !== undefined && values.length === answers.length;
    const head = Math.min(state.head, (stack.heads[layer] ?? 1) - 1);
    const others = state.direction === 'from' ? axes.columns : axes.rows;
    const before = this.#shown?.axes.rows === axes.rows ? this.#shown.answer : undefined;
    const answer = isThere
      ? { chosen, others, weights: groupWeights(values, head, others, state.direction) }
      : chosen && before;
    this.#shown = { side, stack, axes, chosen, answer };
    return answers.find(({ status }) => status !== 'ready') ?? { status: 'ready', value: undefined };
  }

  /** Whether the keyboard is in this pane. */
  get hasFocus(): boolean {
    const { queries, keys } = this.#passages;
    return [queries, keys].some(({ element }) => element.contains(document.activeElement));
  }

  template(): TemplateResult {
    const isOne = this.#shown === undefined || this.#shown.stack.queries === this.#shown.stack.keys;
    return isOne
      ? html`${this.#passages.queries.element}`
      : html`<h2>${this.#context.say('queries')}</h2>
          ${this.#passages.queries.element}
          <h2>${this.#context.say('keysHeading')}</h2>
          ${this.#passages.keys.element}`;
  }

  /** @param max weight of the strongest tint */
  draw(max: number): void {
    const shown = this.#shown;
    if (!shown) return;
    const { side, stack, chosen, answer } = shown;
    const { direction } = this.#context.store.state;
    const isOne = stack.queries === stack.keys;
    const tints = (answer?.others.groups ?? []).map(({ first, end }, index) => ({
      first,
      end,
      share: max > 0 ? (answer?.weights[index] ?? 0) / max : 0,
    }));
    for (const along of ['queries', 'keys'] as const) {
      const tokens = side.tokens(stack, along);
      if (!tokens) continue;
      const isChosenHere = isOne || (direction === 'from') === (along === 'queries');
      this.#passages[along].show({
        tokens,
        texts: side.texts(stack, along),
        tints: isOne || !isChosenHere ? tints : [],
        kind: 'weight',
        chosen: isChosenHere ? chosen : undefined,
      });
    }
  }

  onKey({ key }: KeyboardEvent): boolean {
    const shown = this.#shown;
    if (!shown) return false;
    const { state } = this.#context.store;
    const axis = state.direction === 'from' ? shown.axes.rows : shown.axes.columns;
    const at = chosenIndex(this.#context, this.#side, shown.axes) ?? this.#cursor ?? -1;
    const steps: Readonly<Record<string, number>> = {
      ArrowLeft: at - 1,
      ArrowRight: at + 1,
      Home: 0,
      End: Infinity,
    };
    const next = steps[key];
    if (next !== undefined) {
      this.#cursor = Math.max(0, Math.min(next, axis.groups.length - 1));
      const group = axis.groups[this.#cursor];
      // Moving chooses: what a token attends to is what this view is for.
      if (group) this.#choose(group, true);
      return true;
    }
    return false;
  }

  dispose(): void {
    this.#passages.queries.dispose();
    this.#passages.keys.dispose();
  }

  /** The strongest partners of the chosen token, in words. */
  describe(): string {
    const shown = this.#shown;
    const { say, numbers, store } = this.#context;
    if (!shown?.chosen) return say('textChoose');
    if (!shown.answer) return say('loading');
    const { weights, others, chosen } = shown.answer;
    const list = strongest(weights, 3)
      .map(({ index, weight }) => `“${others.groups[index]?.label ?? ''}” ${numbers.weight(weight)}`)
      .join(', ');
    return say(store.state.direction === 'from' ? 'textFrom' : 'textTo', { token: chosen.label, list });
  }

  #onHover(along: Along, token: number | undefined): void {
    const shown = this.#shown;
    if (!shown) return;
    const axis = along === 'queries' ? shown.axes.rows : shown.axes.columns;
    const index = token === undefined ? -1 : (axis.groupOf[token] ?? -1);
    const group = axis.groups[index];
    this.#passages[along].marked = group;
    this.#context.light(this.#side, group ? [{ along, first: group.first, end: group.end, weight: 1 }] : []);
    if (!group) return;
    const { say, numbers, store } = this.#context;
    const weight = this.#weightOf(token ?? 0);
    const { direction } = store.state;
    const details = { token: group.label, index: group.first };
    this.#context.tell(
      weight === undefined || !shown.answer
        ? say('tokenAt', details)
        : say(direction === 'from' ? 'tokenAttended' : 'tokenAttends', {
            ...details,
            chosen: shown.answer.chosen.label,
            weight: numbers.weight(weight),
          }),
      false,
    );
  }

  #weightOf(token: number): number | undefined {
    const answer = this.#shown?.answer;
    return answer?.weights[answer.others.groupOf[token] ?? -1];
  }

  #pick(along: Along, token: number): void {
    const shown = this.#shown;
    if (!shown) return;
    const isOne = shown.stack.queries === shown.stack.keys;
    const { state } = this.#context.store;
    const direction = isOne ? state.direction : along === 'queries' ? 'from' : 'to';
    const axis = direction === 'from' ? shown.axes.rows : shown.axes.columns;
    const group = axis.groups[axis.groupOf[token] ?? -1];
    if (!group) return;
    this.#cursor = undefined;
    toggleToken(this.#context, this.#side, shown.axes, { group, direction });
  }

  #choose(group: TokenGroup, aloud: boolean): void {
    const { store, say, tell, light } = this.#context;
    chooseToken(this.#context, this.#side, group.first, store.state.direction);
    const along = store.state.direction === 'from' ? 'queries' : 'keys';
    this.#passages[along].reveal(group);
    light(this.#side, [{ along, first: group.first, end: group.end, weight: 1 }]);
    tell(say('tokenAt', { token: group.label, index: group.first }), aloud);
  }
}
