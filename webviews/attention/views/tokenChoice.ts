import type { AttentionViewState } from '../../../src/shared/attentionPanel.ts';
import type { TokenGroup } from '../../../src/shared/attentionWords.ts';
import type { Axes } from './sideAxes.ts';

/** The group of the token that the person has chosen, on the axis that the direction names. */
export function chosenGroup({ token, direction }: AttentionViewState, axes: Axes): TokenGroup | undefined {
  const axis = direction === 'from' ? axes.rows : axes.columns;
  const index = token === undefined ? -1 : (axis.groupOf[token] ?? -1);
  return index < 0 ? undefined : axis.groups[index];
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
