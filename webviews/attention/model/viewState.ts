import type { AttentionViewState } from '../../../src/shared/attentionPanel.ts';
import type { AttentionOverview, AttentionStack } from '../../../src/shared/attentionProtocol.ts';
import type { Disposable } from '../../../src/shared/disposable.ts';
import { Emitter } from '../../../src/shared/emitter.ts';

/** Where the person is, and who wants to know when that changes. */
export class ViewStore implements Disposable {
  readonly #changed = new Emitter<AttentionViewState>();
  #state: AttentionViewState;

  constructor(state: AttentionViewState) {
    this.#state = state;
  }

  get state(): AttentionViewState {
    return this.#state;
  }

  update(patch: Partial<AttentionViewState>): void {
    // A single head in the links view is the head of the other views.
    const follows = patch.head !== undefined && patch.heads === undefined && this.#state.heads.length <= 1;
    this.#state = { ...this.#state, ...patch, ...(follows && { heads: [patch.head] }) };
    this.#changed.fire(this.#state);
  }

  onDidChange(listener: (state: AttentionViewState) => void): Disposable {
    return this.#changed.on(listener);
  }

  dispose(): void {
    this.#changed.dispose();
  }
}

export const startState: AttentionViewState = {
  view: 'overview',
  stack: 'encoder',
  layer: 0,
  head: 0,
  heads: [0],
  token: undefined,
  direction: 'from',
  words: false,
  querySegment: undefined,
  keySegment: undefined,
  topK: 3,
  threshold: 0,
  masked: [],
};

/**
 * The state as far as it exists in this model and text: another model may have fewer layers, another text fewer tokens.
 * Returns the same object when nothing had to change.
 */
export function withinReach(state: AttentionViewState, overview: AttentionOverview): AttentionViewState {
  const stack = overview.stacks.find(({ name }) => name === state.stack) ?? overview.stacks[0];
  if (stack === undefined) return state;
  const layer = clamp(state.layer, stack.heads.length);
  const heads = stack.heads[layer] ?? 1;
  const reached: AttentionViewState = {
    ...state,
    stack: stack.name,
    layer,
    head: clamp(state.head, heads),
    heads: state.heads.filter((head) => head < heads),
    token: isTokenThere(state, overview, stack) ? state.token : undefined,
    masked: state.masked.filter(({ stack: name, layer: at, head }) => head < headsOf(overview, name, at)),
  };
  return JSON.stringify(reached) === JSON.stringify(state) ? state : reached;
}

/** Number of heads of a layer, 0 where there is no such layer. */
const headsOf = (overview: AttentionOverview, name: string, layer: number): number =>
  overview.stacks.find((stack) => stack.name === name)?.heads[layer] ?? 0;

function isTokenThere(
  { token, direction }: AttentionViewState,
  overview: AttentionOverview,
  stack: AttentionStack,
): boolean {
  const along = stack[direction === 'from' ? 'queries' : 'keys'];
  const tokens = along === 'target' ? (overview.target ?? overview.source) : overview.source;
  return token === undefined || token < tokens.pieces.length;
}

const clamp = (index: number, count: number): number => Math.max(0, Math.min(index, count - 1));
