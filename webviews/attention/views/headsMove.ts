import type { HeadPlace } from '../canvas/headGrid.ts';
import type { Context } from '../page/context.ts';

/** Where an arrow key, Home or End leads in a grid of heads; undefined: nowhere. @param heads of each layer */
function headsMove(key: string, { layer, head }: HeadPlace, heads: readonly number[]): HeadPlace | undefined {
  const steps: Readonly<Record<string, HeadPlace>> = {
    ArrowUp: { layer: layer - 1, head },
    ArrowDown: { layer: layer + 1, head },
    ArrowLeft: { layer, head: head - 1 },
    ArrowRight: { layer, head: head + 1 },
    Home: { layer, head: 0 },
    End: { layer, head: (heads[layer] ?? 1) - 1 },
  };
  const step = steps[key];
  if (!step) return undefined;
  const count = heads[step.layer];
  if (count === undefined || step.head < 0 || step.head >= count) return { layer, head };
  return step;
}

/**
 * Takes a key in a grid of heads: chooses the head that it leads to, shows it in the grid and tells it aloud.
 * @returns whether the key leads anywhere
 */
export function moveHead(
  { store, tell }: Pick<Context, 'store' | 'tell'>,
  key: string,
  heads: readonly number[],
  grid: { readonly reveal: (place: HeadPlace) => void; readonly describe: (place: HeadPlace) => string },
): boolean {
  const place = headsMove(key, store.state, heads);
  if (!place) return false;
  store.update(place);
  grid.reveal(place);
  tell(grid.describe(place), true);
  return true;
}
