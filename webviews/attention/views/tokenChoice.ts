import type { TokenGroup } from '../../../src/shared/attentionWords.ts';
import type { Context } from '../page/context.ts';
import type { Axes } from './sideAxes.ts';

/** Index of the chosen token's group on the axis that the direction names; undefined: none is chosen here. */
export function chosenIndex(context: Context, side: number, axes: Axes): number | undefined {
  const { token, direction, stack } = context.store.state;
  if (token === undefined) return undefined;
  const along = direction === 'from' ? 'queries' : 'keys';
  const own = context.counterparts.find(context.sides(), token, { stack, along, from: 0, to: side });
  const index =
    own === undefined ? -1 : ((direction === 'from' ? axes.rows : axes.columns).groupOf[own] ?? -1);
  return index < 0 ? undefined : index;
}

/** As `chosenIndex`, the group itself. */
export function chosenGroup(context: Context, side: number, axes: Axes): TokenGroup | undefined {
  const index = chosenIndex(context, side, axes);
  return index === undefined ? undefined : axesOf(context, axes).groups[index];
}

const axesOf = ({ store }: Context, axes: Axes): Axes['rows'] =>
  store.state.direction === 'from' ? axes.rows : axes.columns;

/**
 * Chooses a token of a side, in all sides. What is kept is the first side's token: one that only the other side has cannot be
 * chosen, and the status line says so.
 */
export function chooseToken(context: Context, side: number, token: number, direction: 'from' | 'to'): void {
  const { store, say, tell, sides, counterparts } = context;
  const along = direction === 'from' ? 'queries' : 'keys';
  const first = counterparts.find(sides(), token, { stack: store.state.stack, along, from: side, to: 0 });
  if (first === undefined) tell(say('noCounterpart'), true);
  else store.update({ token: first, direction });
}

/** Chooses a token, or lets go of it when it was the chosen one. */
export function toggleToken(
  context: Context,
  side: number,
  axes: Axes,
  { group, direction }: { readonly group: TokenGroup; readonly direction: 'from' | 'to' },
): void {
  const isAgain = context.store.state.direction === direction && chosenGroup(context, side, axes) === group;
  if (isAgain) context.store.update({ token: undefined });
  else chooseToken(context, side, group.first, direction);
}

/** The strongest of some weights, strongest first, with their places. */
export function strongest(
  weights: ArrayLike<number>,
  count: number,
): readonly { readonly index: number; readonly weight: number }[] {
  return Array.from(weights, (weight, index) => ({ index, weight }))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .slice(0, count);
}
