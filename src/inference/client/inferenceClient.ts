import { setMaxListeners } from 'node:events';
import type { CancellationToken, MessageConnection } from 'vscode-jsonrpc/node';
import type {
  AttentionParams,
  AttentionQueryName,
  AttentionResult,
  AttentionSource,
} from '../../shared/attentionProtocol.ts';
import type { Disposable } from '../../shared/disposable.ts';
import type {
  CallOptions,
  InferenceInfo,
  InferenceLink,
  InferenceSettings,
  InferenceState,
  PrepareResponse,
} from '../../shared/inferenceProtocol.ts';
import { inferenceMethods } from '../../shared/inferenceProtocol.ts';
import type { ErrorCode } from '../../shared/errors.ts';
import { LoupeError } from '../../shared/errors.ts';
import type { TaskName, TaskRequest, TaskResponse } from '../../shared/taskProtocol.ts';
import { link } from '../link.ts';
import { ChildLink } from './childLink.ts';
import type { CallLimits } from './guardCall.ts';
import { guardCall, untilAborted } from './guardCall.ts';
import type { InferenceClientOptions, Timings } from './options.ts';
import { defaultTimings } from './options.ts';
import { rebuildError } from './rebuildError.ts';
import { Supervisor } from './supervisor.ts';

/** The inference process as its host sees it: calls that never hang, and a process that looks after itself. */
export interface InferenceClient extends InferenceLink, Disposable {
  readonly state: InferenceState;
  onDidChangeState(listener: (state: InferenceState) => void): Disposable;
  /** Ends the process, if any, and starts it anew; requests under way are made again. The way out of `failed`. */
  restart(): Promise<void>;
}

type Send<Result> = (
  connection: MessageConnection,
  token: CancellationToken,
  progress: number | undefined,
) => Promise<Result>;

/** What the client itself rejects with; all other errors come from the process. */
const ownFailures: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'cancelled',
  'inference-crashed',
  'inference-gave-up',
  'inference-timeout',
  'internal',
]);

/**
 * Makes the client; no process is started before the first call. All calls reject with LoupeErrors: the process's own,
 * `cancelled`, `inference-crashed` (a second time in one call), `inference-gave-up` or `inference-timeout`.
 */
export function createInferenceClient(options: InferenceClientOptions): InferenceClient {
  return new SupervisedClient(options);
}

class SupervisedClient implements InferenceClient {
  readonly #options: InferenceClientOptions;
  readonly #timings: Timings;
  readonly #supervisor: Supervisor;
  /** Ends all calls when the client is disposed. */
  readonly #end = new AbortController();

  constructor(options: InferenceClientOptions) {
    this.#options = options;
    // Every call under way listens to it.
    setMaxListeners(0, this.#end.signal);
    this.#timings = { ...defaultTimings, ...options.timings };
    this.#supervisor = new Supervisor({
      fork: () => new ChildLink({ ...options, grace: this.#timings.grace }),
      handshake: (child) => this.#handshake(child),
      backOff: this.#timings.backOff,
      log: options.log,
    });
  }

  get state(): InferenceState {
    return this.#supervisor.state;
  }

  onDidChangeState(listener: (state: InferenceState) => void): Disposable {
    return this.#supervisor.onDidChangeState(listener);
  }

  async initialize(settings: InferenceSettings): Promise<InferenceInfo> {
    await this.#supervisor.acquire();
    await this.configure(settings);
    return this.info();
  }

  /** Without a process there is nothing to tell: the next one is started with the settings of then. */
  async configure(settings: InferenceSettings): Promise<void> {
    if (!this.#supervisor.isUp) return;
    await this.#call(inferenceMethods.configure, this.#timings.control, {}, (connection, token) =>
      connection.sendRequest(link.configure, settings, token),
    );
  }

  run(request: TaskRequest, options: CallOptions = {}): Promise<TaskResponse> {
    return this.#work(inferenceMethods.run, options, (connection, token, progress) =>
      connection.sendRequest(link.run, { request, progress }, token),
    );
  }

  prepare(model: string, task: TaskName, options: CallOptions = {}): Promise<PrepareResponse> {
    return this.#work(inferenceMethods.prepare, options, (connection, token, progress) =>
      connection.sendRequest(link.prepare, { model, task, progress }, token),
    );
  }

  attention<K extends AttentionQueryName>(
    source: AttentionSource,
    name: K,
    params: AttentionParams<K>,
    options: CallOptions = {},
  ): Promise<AttentionResult<K>> {
    return this.#work(inferenceMethods.attention, options, async (connection, token, progress) => {
      // The link has one method for all queries; a result's type follows from the name, which the wire cannot tell.
      const result: unknown = await connection.sendRequest(
        link.attention,
        { source, name, params, progress },
        token,
      );
      return result as AttentionResult<K>;
    });
  }

  info(): Promise<InferenceInfo> {
    return this.#call(inferenceMethods.info, this.#timings.control, {}, (connection, token) =>
      connection.sendRequest(link.info, token),
    );
  }

  restart(): Promise<void> {
    return this.#supervisor.restart();
  }

  dispose(): void {
    this.#end.abort();
    this.#supervisor.dispose();
  }

  #handshake(child: ChildLink): Promise<InferenceInfo> {
    const method = inferenceMethods.initialize;
    const limits = { method, silence: this.#timings.handshake, signals: [] };
    return this.#ask(child, { ...limits, lastSign: () => 0 }, {}, (connection, token) =>
      connection.sendRequest(link.initialize, this.#options.settings(), token),
    );
  }

  async #work<Result>(method: string, options: CallOptions, send: Send<Result>): Promise<Result> {
    const visit = this.#supervisor.enter();
    try {
      const result = await this.#call(method, this.#timings.silence, options, send);
      this.#supervisor.noteSuccess();
      return result;
    } catch (thrown) {
      // An error that the process answered with shows it in good health.
      if (thrown instanceof LoupeError && !ownFailures.has(thrown.code)) this.#supervisor.noteSuccess();
      throw thrown;
    } finally {
      visit.dispose();
    }
  }

  /** Requests change nothing in the process, so one that was lost with it is made again, once. */
  async #call<Result>(
    method: string,
    silence: number,
    options: CallOptions,
    send: Send<Result>,
  ): Promise<Result> {
    try {
      return await this.#attempt(method, silence, options, send);
    } catch (thrown) {
      if (!(thrown instanceof LoupeError) || thrown.code !== 'inference-crashed') throw thrown;
      this.#options.log('info', `${method} is made again: ${thrown.message}`);
      return await this.#attempt(method, silence, options, send);
    }
  }

  async #attempt<Result>(
    method: string,
    silence: number,
    options: CallOptions,
    send: Send<Result>,
  ): Promise<Result> {
    const signals = [this.#end.signal, ...(options.signal ? [options.signal] : [])];
    const child = await untilAborted(this.#supervisor.acquire(), signals);
    return this.#ask(child, { method, silence, lastSign: () => child.lastSign, signals }, options, send);
  }

  async #ask<Result>(
    child: ChildLink,
    limits: CallLimits,
    options: CallOptions,
    send: Send<Result>,
  ): Promise<Result> {
    const progress = options.onProgress && child.onProgress(options.onProgress);
    try {
      return await guardCall(limits, (token) =>
        child.request((connection) => send(connection, token, progress?.token)),
      );
    } catch (thrown) {
      const error = rebuildError(thrown);
      // A process that hangs helps nobody: the next call gets a new one.
      if (error.code === 'inference-timeout') void this.#supervisor.abandon(child, error.message);
      throw error;
    } finally {
      progress?.dispose();
    }
  }
}
