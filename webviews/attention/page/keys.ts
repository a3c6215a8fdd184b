import type { AttentionStack } from '../../../src/shared/attentionProtocol.ts';
import type { Context } from './context.ts';
import { currentStack } from './headControls.ts';
import { spansOf } from './lighting.ts';

/**
 * Keys that mean the same in every view.
 * @returns whether the key was used
 */
export function onPageKey(event: KeyboardEvent, context: Context): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const stack = currentStack(context);
  if (!stack) return false;
  const { store, say, tell } = context;
  const { layer, head, words, token } = store.state;
  const go = (toLayer: number, toHead: number): void => {
    const reachedLayer = Math.max(0, Math.min(toLayer, stack.heads.length - 1));
    const reachedHead = Math.max(0, Math.min(toHead, (stack.heads[reachedLayer] ?? 1) - 1));
    store.update({ layer: reachedLayer, head: reachedHead });
    tell(say('headAt', { layer: reachedLayer, head: reachedHead }), true);
  };
  const actions: Readonly<Record<string, () => void>> = {
    '[': () => go(layer, head - 1),
    ']': () => go(layer, head + 1),
    PageUp: () => go(layer - 1, head),
    PageDown: () => go(layer + 1, head),
    e: () => reveal(context, stack),
    w: () => {
      store.update({ words: !words });
      tell(say(words ? 'wordsOff' : 'wordsOn'), true);
    },
  };
  const action = actions[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (action) {
    action();
    return true;
  }
  // Escape closes an open menu first; the browser does that.
  if (event.key !== 'Escape' || token === undefined || document.querySelector('.menu:popover-open') !== null)
    return false;
  store.update({ token: undefined });
  return true;
}

/** Moves the editor to the chosen token. */
function reveal({ store, sides, host, say, tell }: Context, stack: AttentionStack): void {
  const { token, direction } = store.state;
  const [side] = sides();
  const along = direction === 'from' ? 'queries' : 'keys';
  const [span] =
    token === undefined || !side?.description.isLinked
      ? []
      : spansOf(side, stack, [{ along, first: token, end: token + 1, weight: 1 }]);
  if (!host || !span) {
    tell(say('revealNothing'), true);
    return;
  }
  const { start, end } = span;
  host.act({ kind: 'reveal', side: 0, span: { start, end } }).catch((thrown: unknown) => {
    tell(thrown instanceof Error ? thrown.message : String(thrown), true);
  });
}
