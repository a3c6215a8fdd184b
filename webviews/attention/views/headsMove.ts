import type { HeadPlace } from '../canvas/headGrid.ts';

/** Where an arrow key, Home or End leads in a grid of heads; undefined: nowhere. @param heads of each layer */
export function headsMove(
  key: string,
  { layer, head }: HeadPlace,
  heads: readonly number[],
): HeadPlace | undefined {
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
