import { Worker } from 'node:worker_threads';
import type { AttentionQueryName } from '../../../shared/attentionProtocol.ts';
import type { Deferred } from '../../../shared/deferred.ts';
import { createDeferred } from '../../../shared/deferred.ts';
import { LoupeError } from '../../../shared/errors.ts';
import type { CallOptions } from '../../../shared/inferenceProtocol.ts';
import type {
  AnyResult,
  AttentionQuery,
  AttentionThreadData,
  AttentionThreadReply,
  AttentionThreadRequest,
} from './threadProtocol.ts';

export interface AttentionThreadOptions {
  readonly data: AttentionThreadData;
  /** Path of the bundled attentionWorker.ts. */
  readonly workerPath: string;
  /** Whether there is memory for one more session; when so, it counts from now on. */
  readonly grantSession: () => boolean;
  /** The thread has so many sessions now. */
  readonly onDidChangeSessions: (count: number) => void;
  /** Called once when the thread ends without having been closed. */
  readonly onDidDie: (reason: string) => void;
  readonly log: (line: string) => void;
}

/**
 * Queries that take seconds. They have a line of their own, so that a click on a head is answered between the runs of an
 * attribution and not after it.
 */
const longQueries: ReadonlySet<AttentionQueryName> = new Set<AttentionQueryName>([
  'attribution',
  'mask',
  'importance',
  'export',
]);

function isLong({ name, params }: AttentionQuery): boolean {
  return longQueries.has(name) || ('kind' in params && params.kind === 'flow');
}

interface Job {
  readonly id: number;
  readonly query: AttentionQuery;
  readonly options: CallOptions;
  readonly answer: Deferred<AnyResult>;
}

/** A line of jobs: one is with the thread, the others wait here, where cancelling takes them out at once. */
interface Line {
  running: Job | undefined;
  waiting: Job[];
}

/** A worker thread with one model's attention, seen from the inference process. */
export class AttentionThread {
  readonly #worker: Worker;
  readonly #options: AttentionThreadOptions;
  readonly #lines = { quick: newLine(), long: newLine() };
  readonly #ready = createDeferred<undefined>();
  readonly #exit = createDeferred<undefined>();
  #jobs = 0;
  #isReady = false;
  #isClosing = false;
  #deathReason: string | undefined;

  /** Starts the thread. Rejects with the errors of `loadTokenizer`, or `model-load-failed`. */
  static async start(options: AttentionThreadOptions): Promise<AttentionThread> {
    const thread = new AttentionThread(options);
    try {
      await thread.#ready.promise;
      return thread;
    } catch (thrown) {
      await thread.close();
      throw thrown;
    }
  }

  private constructor(options: AttentionThreadOptions) {
    this.#options = options;
    this.#worker = new Worker(options.workerPath, { workerData: options.data });
    this.#worker.on('message', (reply: AttentionThreadReply) => this.#take(reply));
    this.#worker.on('error', (thrown) => this.#die(`its thread failed: ${thrown.message}`));
    this.#worker.on('exit', (code) => {
      this.#exit.resolve(undefined);
      this.#die(`its thread ended with code ${code}`);
    });
  }

  /**
   * Rejects with the query's errors, `cancelled` (at once while it waits; between two runs of the model while it works)
   * and `model-run-failed` when the thread ends.
   */
  async query(query: AttentionQuery, options: CallOptions): Promise<AnyResult> {
    const { signal } = options;
    if (signal?.aborted) throw new LoupeError('cancelled');
    if (this.#deathReason !== undefined) throw this.#failure(this.#deathReason);
    const job: Job = { id: ++this.#jobs, query, options, answer: createDeferred() };
    const line = this.#lines[isLong(query) ? 'long' : 'quick'];
    const cancel = (): void => this.#cancel(line, job);
    signal?.addEventListener('abort', cancel, { once: true });
    line.waiting.push(job);
    this.#next(line);
    try {
      return await job.answer.promise;
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  /**
   * Lets the sessions go and ends the thread, after a run under way. The thread is asked to end and never terminated:
   * ending it within `run()` makes onnxruntime-node 1.30 abort the whole process (docs/decisions/030).
   */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#send({ kind: 'close' });
    await this.#exit.promise;
  }

  #cancel(line: Line, job: Job): void {
    if (line.running === job) this.#send({ kind: 'cancel', id: job.id });
    else {
      line.waiting = line.waiting.filter((other) => other !== job);
      job.answer.reject(new LoupeError('cancelled'));
    }
  }

  #next(line: Line): void {
    if (line.running) return;
    line.running = line.waiting.shift();
    if (line.running) this.#send({ kind: 'query', id: line.running.id, query: line.running.query });
  }

  #take(reply: AttentionThreadReply): void {
    switch (reply.kind) {
      case 'ready':
        this.#isReady = true;
        this.#ready.resolve(undefined);
        break;
      case 'load-failed':
        this.#ready.reject(LoupeError.fromData(reply.error));
        break;
      case 'progress':
        this.#running(reply.id)?.options.onProgress?.(reply.progress);
        break;
      case 'wants-session':
        this.#send({ kind: 'session', isGranted: this.#options.grantSession() });
        break;
      case 'sessions':
        this.#options.onDidChangeSessions(reply.count);
        break;
      case 'done':
        this.#settle(reply.id, (answer) => answer.resolve(reply.result));
        break;
      case 'failed':
        if (reply.stack !== undefined) this.#options.log(reply.stack);
        this.#settle(reply.id, (answer) => answer.reject(LoupeError.fromData(reply.error)));
        break;
    }
  }

  #running(id: number): Job | undefined {
    return Object.values(this.#lines).find(({ running }) => running?.id === id)?.running;
  }

  #settle(id: number, tell: (answer: Deferred<AnyResult>) => void): void {
    for (const line of Object.values(this.#lines))
      if (line.running?.id === id) {
        tell(line.running.answer);
        line.running = undefined;
        this.#next(line);
      }
  }

  #die(reason: string): void {
    if (this.#deathReason !== undefined) return;
    this.#deathReason = reason;
    if (this.#isReady && !this.#isClosing) this.#options.onDidDie(reason);
    this.#ready.reject(new LoupeError('model-load-failed', { model: this.#options.data.reference, reason }));
    for (const line of Object.values(this.#lines)) {
      const jobs = line.running ? [line.running, ...line.waiting] : line.waiting;
      line.running = undefined;
      line.waiting = [];
      for (const { answer } of jobs) answer.reject(this.#failure(reason));
    }
  }

  #failure(reason: string): LoupeError {
    return new LoupeError('model-run-failed', { model: this.#options.data.reference, reason });
  }

  #send(request: AttentionThreadRequest): void {
    this.#worker.postMessage(request);
  }
}

function newLine(): Line {
  return { running: undefined, waiting: [] };
}
