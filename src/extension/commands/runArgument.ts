import { isRecord } from '../base/guards.ts';
import type { TrackedRun } from '../results/run.ts';
import type { RunStore } from '../results/runStore.ts';

export interface RunDeps {
  readonly store: RunStore;
  /** The run of the row selected in the results view: what a key press means. */
  readonly selectedRun: () => number | undefined;
}

/**
 * The run that a command is about: a number from a hover or a lens, a row of the results view, or the selected row.
 * Undefined when it was removed meanwhile.
 */
export function runOf(argument: unknown, { store, selectedRun }: RunDeps): TrackedRun | undefined {
  const id = typeof argument === 'number' ? argument : (numberIn(argument, 'id') ?? selectedRun());
  return id === undefined ? undefined : store.get(id);
}

/** The index of the result within its run, when the argument is such a row. */
export function resultIndexOf(argument: unknown): number | undefined {
  return isRecord(argument) && argument['kind'] === 'item' ? numberIn(argument, 'index') : undefined;
}

function numberIn(value: unknown, key: string): number | undefined {
  const found = isRecord(value) ? value[key] : undefined;
  return typeof found === 'number' ? found : undefined;
}
