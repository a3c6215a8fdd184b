import type { Deferred } from '../../../src/shared/deferred.ts';
import { createDeferred } from '../../../src/shared/deferred.ts';
import type { Runner } from '../../../src/core/scheduler/scheduler.ts';
import { Scheduler } from '../../../src/core/scheduler/scheduler.ts';

/** A row whose length counts, told apart by its name. Its output is its name in capitals. */
export interface Row {
  readonly name: string;
  readonly length: number;
}

export const row = (name: string, length = 10): Row => ({ name, length });
export const rows = (prefix: string, count: number, length = 10): Row[] =>
  Array.from({ length: count }, (_, index) => row(`${prefix}${index}`, length));

/** Runs nothing until the test says so. */
export class FakeRunner implements Runner<Row, string> {
  readonly batches: string[][] = [];
  #running: { readonly rows: readonly Row[]; readonly end: Deferred<readonly string[]> } | undefined;

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  run(batch: readonly Row[]): Promise<readonly string[]> {
    if (this.#running) throw new Error('a second batch at a time');
    this.batches.push(batch.map(({ name }) => name));
    const end = createDeferred<readonly string[]>();
    this.#running = { rows: batch, end };
    return end.promise;
  }

  /** Ends the running batch and lets the scheduler go on. */
  async finish(): Promise<void> {
    const running = this.#take();
    running.end.resolve(running.rows.map(({ name }) => name.toUpperCase()));
    await settled();
  }

  async fail(reason: Error): Promise<void> {
    this.#take().end.reject(reason);
    await settled();
  }

  #take() {
    if (!this.#running) throw new Error('nothing is running');
    const running = this.#running;
    this.#running = undefined;
    return running;
  }
}

/** After all promises that can go on have gone on. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export function createScheduler(
  options: { readonly tokenBudget?: number; readonly bulkLimit?: number } = {},
): Scheduler<Row, string> {
  return new Scheduler<Row, string>({
    lengthOf: ({ length }) => length,
    tokenBudget: 20,
    bulkLimit: 2,
    interactiveRun: 2,
    ...options,
  });
}
