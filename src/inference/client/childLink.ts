import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { MessageConnection } from 'vscode-jsonrpc/node';
import {
  ConnectionError,
  ErrorCodes,
  IPCMessageReader,
  IPCMessageWriter,
  ResponseError,
  createMessageConnection,
} from 'vscode-jsonrpc/node';
import type { Deferred } from '../../shared/deferred.ts';
import { createDeferred } from '../../shared/deferred.ts';
import type { Disposable } from '../../shared/disposable.ts';
import { LoupeError } from '../../shared/errors.ts';
import type { TaskProgress } from '../../shared/taskProtocol.ts';
import { link } from '../link.ts';
import type { InferenceClientOptions, LogLevel } from './options.ts';

export type ChildOptions = Pick<InferenceClientOptions, 'modulePath' | 'log' | 'env'> & {
  readonly grace: number;
};

/** One inference process, from its fork to its end, and the connection to it. Not started again: see Supervisor. */
export class ChildLink {
  /** Resolves with the reason when the process is gone; never rejects. */
  readonly ended: Promise<string>;
  readonly #child: ChildProcess;
  readonly #connection: MessageConnection;
  readonly #options: ChildOptions;
  readonly #end: Deferred<string> = createDeferred();
  readonly #pending = new Set<Deferred<never>>();
  readonly #started = performance.now();
  #lastSign = performance.now();
  #progressTokens = 0;
  #isStopping = false;
  /** Node's or C++'s line that says of what the process died. */
  #lastError: string | undefined;

  constructor(options: ChildOptions) {
    this.#options = options;
    this.ended = this.#end.promise;
    this.#child = fork(options.modulePath, [], {
      // In desktop VS Code process.execPath is Electron, which is Node only when told so.
      env: { ...(options.env ?? process.env), ELECTRON_RUN_AS_NODE: '1' },
      // Flags of the host (--inspect, loaders) are not for this process: two inspectors would want one port.
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#connection = this.#connect();
    this.#watch();
    this.#log('info', `started ${options.modulePath}`);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** `performance.now()` of the last message from the process. */
  get lastSign(): number {
    return this.#lastSign;
  }

  /**
   * Sends a request by `send`. Rejects as the process answered, or with `inference-crashed` when it ended before:
   * jsonrpc itself leaves a call to a dead peer pending until its connection is disposed.
   */
  async request<Result>(send: (connection: MessageConnection) => Promise<Result>): Promise<Result> {
    // One end per request: a race with `ended` itself would keep every request in memory while the process lives.
    const lost: Deferred<never> = createDeferred();
    this.#pending.add(lost);
    try {
      return await Promise.race([lost.promise, send(this.#connection)]);
    } catch (thrown) {
      if (!isLost(thrown)) throw thrown;
      throw new LoupeError('inference-crashed', { reason: await this.ended }, { cause: thrown });
    } finally {
      this.#pending.delete(lost);
    }
  }

  /** Listens to the progress of a request that is about to be sent; `token` goes with it. */
  onProgress(listener: (progress: TaskProgress) => void): Disposable & { readonly token: number } {
    const token = ++this.#progressTokens;
    const subscription = this.#connection.onProgress(link.progress, token, listener);
    return { token, dispose: () => subscription.dispose() };
  }

  /** Ends the process: asks, and after the grace period insists. Resolves when it is gone. */
  async stop(): Promise<void> {
    if (!this.#isStopping) {
      this.#isStopping = true;
      this.#child.kill('SIGTERM');
      const force = setTimeout(() => this.#child.kill('SIGKILL'), this.#options.grace);
      void this.ended.then(() => clearTimeout(force));
    }
    await this.ended;
  }

  #connect(): MessageConnection {
    const log = (line: string): void => this.#log('debug', line);
    const connection = createMessageConnection(
      new IPCMessageReader(this.#child),
      new IPCMessageWriter(this.#child),
      { error: (line) => this.#log('error', line), warn: log, info: log, log },
    );
    this.#child.on('message', () => {
      this.#lastSign = performance.now();
    });
    connection.listen();
    return connection;
  }

  #watch(): void {
    const child = this.#child;
    // What the process writes is its log: levels are not told apart there.
    for (const stream of [child.stdout, child.stderr]) if (stream) this.#copyLines(stream);
    let reason: string | undefined;
    let isDisconnected = false;
    const settle = (): void => {
      // The channel may still hold answers after the exit; they have been read when it disconnects.
      if (reason === undefined || !isDisconnected) return;
      const seconds = ((performance.now() - this.#started) / 1000).toFixed(1);
      this.#log(this.#isStopping ? 'info' : 'warn', `ended after ${seconds} s: ${reason}`);
      this.#end.resolve(reason);
      for (const lost of this.#pending) lost.reject(new LoupeError('inference-crashed', { reason }));
      this.#connection.dispose();
    };
    // Not `exit`: its last words may still be on their way then.
    child.once('close', (code, signal) => {
      const end = signal ? `signal ${signal}` : `exit code ${code ?? 'unknown'}`;
      reason = this.#lastError === undefined ? end : `${end}: ${this.#lastError}`;
      settle();
    });
    child.once('disconnect', () => {
      isDisconnected = true;
      settle();
      // Without its channel it is of no use. Mostly it is ending anyway, and its exit tells why.
      const lonely = setTimeout(() => void this.stop(), this.#options.grace);
      void this.ended.then(() => clearTimeout(lonely));
    });
    child.once('error', (error) => {
      // It could not be started: neither exit nor disconnect will come.
      if (child.pid !== undefined) return;
      reason = error.message;
      isDisconnected = true;
      settle();
    });
  }

  #copyLines(stream: Readable): void {
    createInterface({ input: stream }).on('line', (line) => {
      this.#log('info', line);
      if (/^(?:\w*Error: |terminate called|\s+what\(\): )/.test(line)) this.#lastError = line.trim();
    });
  }

  #log(level: LogLevel, line: string): void {
    this.#options.log(level, `[inference ${this.pid ?? 'not started'}] ${line}`);
  }
}

/** jsonrpc's two ways to say that the connection is no more. */
function isLost(thrown: unknown): boolean {
  return (
    thrown instanceof ConnectionError ||
    (thrown instanceof ResponseError && thrown.code === ErrorCodes.PendingResponseRejected)
  );
}
