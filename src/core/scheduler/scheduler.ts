import { LoupeError } from '../../shared/errors.ts';
import type { Priority } from '../../shared/taskProtocol.ts';
import { chooseBatch } from './chooseBatch.ts';
import type { JobRow, JobSpec } from './job.ts';
import { Job } from './job.ts';

/** Runs one batch at a time; outputs are in the order of the rows. A rejection fails every job in the batch. */
export interface Runner<Row, Output> {
  run(rows: readonly Row[]): Promise<readonly Output[]>;
}

/** A runner's place in the scheduler. */
export interface Slot {
  readonly group: string;
  readonly serves: readonly Priority[];
  readonly soloRows: boolean;
}

export interface SchedulerOptions<Row> {
  lengthOf(row: Row): number;
  /** See `BatchLimits`. */
  readonly tokenBudget: number;
  /** Bulk batches that run side by side at most, over all groups. */
  readonly bulkLimit: number;
  /** After so many interactive batches in a row one bulk batch is let through, so that bulk work always moves. */
  readonly interactiveRun: number;
}

/** A runner that takes work. `detach` resolves when its running batch, if any, is done; it gets no further one. */
export interface Attached {
  detach(): Promise<void>;
}

interface Seat<Row, Output> extends Slot {
  readonly runner: Runner<Row, Output>;
  running: { readonly priority: Priority; readonly done: Promise<void> } | undefined;
}

/**
 * Brings rows and runners together. Interactive rows first, in order of arrival; bulk rows only while no interactive
 * row waits or runs, because both want the same cores. A cancelled job leaves the queue at once: it stops between
 * batches, since a running batch cannot be broken off.
 */
export class Scheduler<Row, Output> {
  readonly #options: SchedulerOptions<Row>;
  readonly #jobs: Record<Priority, Job<Row, Output>[]> = { interactive: [], bulk: [] };
  readonly #seats = new Set<Seat<Row, Output>>();
  /** Interactive batches started since bulk work, which was waiting, got its last one. */
  #overtaken = 0;

  constructor(options: SchedulerOptions<Row>) {
    this.#options = options;
  }

  /** Rows waiting for a runner. */
  get queued(): number {
    return [...this.#jobs.interactive, ...this.#jobs.bulk].reduce((sum, job) => sum + job.waiting, 0);
  }

  attach(slot: Slot, runner: Runner<Row, Output>): Attached {
    const seat: Seat<Row, Output> = { ...slot, runner, running: undefined };
    this.#seats.add(seat);
    this.#dispatch();
    return {
      detach: async () => {
        this.#seats.delete(seat);
        await seat.running?.done;
      },
    };
  }

  /** Outputs in the order of the rows. Rejects with `cancelled` at once when the signal fires, or as the runner did. */
  async submit(spec: JobSpec<Row>): Promise<readonly Output[]> {
    if (spec.signal?.aborted) throw new LoupeError('cancelled');
    const job = new Job<Row, Output>(spec, (row) => this.#options.lengthOf(row));
    if (spec.rows.length === 0) return [];
    const cancel = (): void => this.#drop(job, new LoupeError('cancelled'));
    spec.signal?.addEventListener('abort', cancel, { once: true });
    this.#jobs[job.priority].push(job);
    this.#dispatch();
    try {
      return await job.promise;
    } finally {
      spec.signal?.removeEventListener('abort', cancel);
    }
  }

  /** Fails every job of a group that has no runner any more. */
  failGroup(group: string, reason: Error): void {
    for (const jobs of Object.values(this.#jobs))
      for (const job of jobs.filter((each) => each.group === group)) this.#drop(job, reason);
  }

  #drop(job: Job<Row, Output>, reason: Error): void {
    job.fail(reason);
    this.#forgetSettled();
    this.#dispatch();
  }

  #forgetSettled(): void {
    for (const priority of ['interactive', 'bulk'] as const)
      this.#jobs[priority] = this.#jobs[priority].filter((job) => !job.isSettled);
  }

  #dispatch(): void {
    if (this.#overtaken >= this.#options.interactiveRun) this.#start('bulk');
    while (this.#start('interactive'));
    if (this.#isQuiet()) while (this.#start('bulk'));
  }

  /** Whether no interactive row waits or runs. */
  #isQuiet(): boolean {
    return !this.#jobs.interactive.some((job) => job.waiting > 0) && this.#running('interactive') === 0;
  }

  /** Starts the oldest work of one priority that a free runner can take; false when there is none. */
  #start(priority: Priority): boolean {
    if (priority === 'bulk' && this.#running('bulk') >= this.#options.bulkLimit) return false;
    for (const { group } of this.#jobs[priority].filter((job) => job.waiting > 0)) {
      const seat = this.#freeSeat(group, priority);
      if (!seat) continue;
      const jobs = this.#jobs[priority].filter((job) => job.group === group);
      const batch = chooseBatch(jobs, { ...seat, tokenBudget: this.#options.tokenBudget });
      this.#countOvertaking(priority);
      // Later, not now: the seat must count as taken before its runner can end.
      const done = Promise.resolve().then(() => this.#run(seat, batch));
      seat.running = { priority, done };
      return true;
    }
    return false;
  }

  #countOvertaking(priority: Priority): void {
    const isBulkWaiting = this.#jobs.bulk.some((job) => job.waiting > 0);
    this.#overtaken = priority === 'interactive' && isBulkWaiting ? this.#overtaken + 1 : 0;
  }

  /** Batches of one priority that run now. */
  #running(priority: Priority): number {
    return [...this.#seats].filter((seat) => seat.running?.priority === priority).length;
  }

  #freeSeat(group: string, priority: Priority): Seat<Row, Output> | undefined {
    return [...this.#seats].find(
      (seat) => !seat.running && seat.group === group && seat.serves.includes(priority),
    );
  }

  async #run(seat: Seat<Row, Output>, batch: readonly JobRow<Row, Output>[]): Promise<void> {
    try {
      const outputs = await seat.runner.run(batch.map(({ row }) => row));
      if (outputs.length !== batch.length)
        throw new LoupeError('internal', { reason: `${batch.length} rows gave ${outputs.length} outputs` });
      deliver(batch, outputs);
    } catch (thrown) {
      for (const job of new Set(batch.map((each) => each.job))) job.fail(LoupeError.from(thrown));
    } finally {
      seat.running = undefined;
      this.#forgetSettled();
      this.#dispatch();
    }
  }
}

/** Hands each job its share of a batch, in one piece, so that its progress moves once per batch. */
function deliver<Row, Output>(batch: readonly JobRow<Row, Output>[], outputs: readonly Output[]): void {
  const shares = new Map<Job<Row, Output>, Map<number, Output>>();
  batch.forEach(({ job, index }, at) => {
    const share = shares.get(job) ?? new Map<number, Output>();
    share.set(index, outputs[at] as Output);
    shares.set(job, share);
  });
  for (const [job, share] of shares) job.complete(share);
}
