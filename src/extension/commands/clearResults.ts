import type { CommandHandler } from './commandDeps.ts';
import type { RunStore } from '../results/runStore.ts';

/** Removes all results: decorations, lenses and the view's rows. */
export function clearResults({ store }: { readonly store: RunStore }): CommandHandler {
  return () => store.clear();
}
