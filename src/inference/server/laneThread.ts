import { Worker } from 'node:worker_threads';
import type { RowOutputs, Window } from '../../core/text/window.ts';
import type { Runner } from '../../core/scheduler/scheduler.ts';
import type { Deferred } from '../../shared/deferred.ts';
import { createDeferred } from '../../shared/deferred.ts';
import { LoupeError } from '../../shared/errors.ts';
import type { TaskName } from '../../shared/taskProtocol.ts';
import { explainLoadFailure } from './explainLoadFailure.ts';
import type { LaneData, LaneReply, LaneRequest } from './laneProtocol.ts';
import { checkInputs, packRows, splitRows } from './packRows.ts';

export interface LaneOptions extends LaneData {
  /** Path of the bundled lane.ts. */
  readonly lanePath: string;
  /** How errors name the model. */
  readonly model: string;
  readonly task: TaskName;
  /** The outputs that the task reads. */
  readonly wanted: readonly string[];
  /** Whether the second dimension of those counts tokens. */
  readonly perToken: boolean;
  /** Called once when the thread ends without having been closed; no batch should be given to this lane any more. */
  readonly onDidDie: (reason: string) => void;
}

type Ready = Extract<LaneReply, { readonly kind: 'ready' }>;

/** A worker thread with one session of one model, seen from the inference process. Takes one batch at a time. */
export class LaneThread implements Runner<Window, RowOutputs> {
  readonly #worker: Worker;
  readonly #options: LaneOptions;
  readonly #exit = createDeferred<undefined>();
  /** The reply that is being waited for; there is at most one. */
  #pending: Deferred<LaneReply> | undefined;
  #ready: Ready | undefined;
  #isClosing = false;

  /**
   * Starts the thread and loads the model. Rejects with `model-load-failed`, or `model-output-missing` when the graph
   * lacks a wanted output.
   */
  static async start(options: LaneOptions): Promise<LaneThread> {
    const lane = new LaneThread(options);
    try {
      await lane.#load();
      return lane;
    } catch (thrown) {
      await lane.close();
      throw thrown;
    }
  }

  private constructor(options: LaneOptions) {
    this.#options = options;
    const { file, threads, provider, background } = options;
    const data: LaneData = { file, threads, provider, background };
    this.#worker = new Worker(options.lanePath, { workerData: data });
    this.#worker.on('message', (message: LaneReply) => this.#take()?.resolve(message));
    this.#worker.on('error', (thrown) => this.#die(`its thread failed: ${thrown.message}`));
    this.#worker.on('exit', (code) => {
      this.#exit.resolve(undefined);
      this.#die(`its thread ended with code ${code}`);
    });
  }

  /** The execution provider that took the graph. */
  get provider(): string {
    return this.#ready?.provider ?? 'cpu';
  }

  /** Why that is not the one that was wanted. */
  get fallbackReason(): string | undefined {
    return this.#ready?.fallbackReason;
  }

  /** Rejects with `model-run-failed` when onnxruntime refuses or the thread ends. */
  async run(rows: readonly Window[]): Promise<readonly RowOutputs[]> {
    const inputs = packRows(rows, this.#ready?.inputs ?? []);
    const memory = inputs.map(({ data }) => data.buffer);
    const reply = await this.#ask({ kind: 'run', inputs, outputs: this.#options.wanted }, memory);
    if (reply.kind === 'run-failed') throw this.#runFailure(reply.reason);
    if (reply.kind !== 'done') throw unexpected(reply);
    return splitRows(rows, reply.outputs, this.#options.perToken);
  }

  /**
   * Lets the session go and ends the thread, after a running batch. The thread is asked to end and never terminated:
   * ending it within `run()` makes onnxruntime-node 1.30 abort the whole process (docs/decisions/030).
   */
  async close(): Promise<void> {
    this.#isClosing = true;
    // A failed batch has been reported to whoever asked for it.
    await this.#pending?.promise.catch(() => undefined);
    this.#worker.postMessage({ kind: 'close' } satisfies LaneRequest);
    await this.#exit.promise;
  }

  async #load(): Promise<void> {
    const { model, wanted, task } = this.#options;
    const reply = await this.#nextReply();
    if (reply.kind === 'load-failed')
      throw new LoupeError('model-load-failed', { model, reason: explainLoadFailure(reply.reason) });
    if (reply.kind !== 'ready') throw unexpected(reply);
    checkInputs(reply.inputs, model);
    const available = reply.outputs.map(({ name }) => name);
    const missing = wanted.find((output) => !available.includes(output));
    if (missing !== undefined)
      throw new LoupeError('model-output-missing', {
        model,
        output: missing,
        available: available.join(', '),
        task,
      });
    this.#ready = reply;
  }

  #ask(request: LaneRequest, transfer: readonly ArrayBuffer[]): Promise<LaneReply> {
    const reply = this.#nextReply();
    this.#worker.postMessage(request, transfer);
    return reply;
  }

  #nextReply(): Promise<LaneReply> {
    if (this.#pending) throw new LoupeError('internal', { reason: 'a lane takes one batch at a time' });
    this.#pending = createDeferred();
    return this.#pending.promise;
  }

  #take(): Deferred<LaneReply> | undefined {
    const pending = this.#pending;
    this.#pending = undefined;
    return pending;
  }

  #die(reason: string): void {
    // First out of the scheduler, then the batch fails: else the next batch would come here.
    if (this.#ready && !this.#isClosing) this.#options.onDidDie(reason);
    this.#isClosing = true;
    this.#take()?.reject(this.#ready ? this.#runFailure(reason) : this.#loadFailure(reason));
  }

  #runFailure(reason: string): LoupeError {
    return new LoupeError('model-run-failed', { model: this.#options.model, reason });
  }

  #loadFailure(reason: string): LoupeError {
    return new LoupeError('model-load-failed', { model: this.#options.model, reason });
  }
}

function unexpected(reply: LaneReply): LoupeError {
  return new LoupeError('internal', { reason: `unexpected reply of a lane: ${reply.kind}` });
}
