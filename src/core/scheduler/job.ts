import type { Deferred } from '../../shared/deferred.ts';
import { createDeferred } from '../../shared/deferred.ts';
import type { Priority } from '../../shared/taskProtocol.ts';

/** Rows of one request, to be run by one group of runners (one loaded model). */
export interface JobSpec<Row> {
  /** Key of the loaded model: only rows of one group share a batch. */
  readonly group: string;
  readonly priority: Priority;
  readonly rows: readonly Row[];
  readonly signal?: AbortSignal;
  /** Told after every batch that held rows of this job; `done` and `total` count rows. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** A job's waiting rows and results. Rows are handed out longest first. */
export class Job<Row, Output> {
  readonly group: string;
  readonly priority: Priority;
  readonly promise: Promise<readonly Output[]>;
  /** Indices of rows not handed out yet, shortest first: the longest is popped from the end. */
  readonly #waiting: number[];
  readonly #spec: JobSpec<Row>;
  readonly #lengths: readonly number[];
  readonly #results: Output[];
  readonly #answer: Deferred<readonly Output[]> = createDeferred();
  #done = 0;
  #isSettled = false;

  constructor(spec: JobSpec<Row>, lengthOf: (row: Row) => number) {
    this.#spec = spec;
    this.group = spec.group;
    this.priority = spec.priority;
    this.#lengths = spec.rows.map(lengthOf);
    this.#waiting = [...spec.rows.keys()].sort((a, b) => this.#length(a) - this.#length(b) || b - a);
    this.#results = new Array<Output>(spec.rows.length);
    this.promise = this.#answer.promise;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  get isSettled(): boolean {
    return this.#isSettled;
  }

  /** Length of the longest waiting row that is not above `limit`; undefined when there is none. */
  longestWithin(limit: number): number | undefined {
    const at = this.#indexWithin(limit);
    return at === -1 ? undefined : this.#length(this.#waiting[at]);
  }

  /** Hands out the longest waiting row that is not above `limit`, which must exist. */
  take(limit: number): JobRow<Row, Output> {
    const [index] = this.#waiting.splice(this.#indexWithin(limit), 1);
    const row = index === undefined ? undefined : this.#spec.rows[index];
    if (index === undefined || row === undefined) throw new RangeError(`no waiting row within ${limit}`);
    return { job: this, index, row, length: this.#length(index) };
  }

  /** Notes results of one batch, tells the progress, and resolves when all rows are done. */
  complete(results: ReadonlyMap<number, Output>): void {
    if (this.#isSettled) return;
    for (const [index, output] of results) this.#results[index] = output;
    this.#done += results.size;
    this.#spec.onProgress?.(this.#done, this.#spec.rows.length);
    if (this.#done === this.#spec.rows.length) this.resolve();
  }

  resolve(): void {
    this.#isSettled = true;
    this.#answer.resolve(this.#results);
  }

  /** Gives up: no further row is handed out, results of a batch still running are dropped. */
  fail(reason: Error): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#waiting.length = 0;
    this.#answer.reject(reason);
  }

  #indexWithin(limit: number): number {
    return this.#waiting.findLastIndex((index) => this.#length(index) <= limit);
  }

  #length(index: number | undefined): number {
    return index === undefined ? 0 : (this.#lengths[index] ?? 0);
  }
}

/** A row on its way to a runner. */
export interface JobRow<Row, Output> {
  readonly job: Job<Row, Output>;
  readonly index: number;
  readonly row: Row;
  readonly length: number;
}
