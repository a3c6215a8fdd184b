import type { Deferred } from '../../shared/deferred.ts';
import { createDeferred } from '../../shared/deferred.ts';
import type { Disposable } from '../../shared/disposable.ts';
import { Emitter } from '../../shared/emitter.ts';
import { LoupeError } from '../../shared/errors.ts';
import type { InferenceState } from '../../shared/inferenceProtocol.ts';
import type { ChildLink } from './childLink.ts';

export interface SupervisorOptions {
  /** Starts one process. */
  readonly fork: () => ChildLink;
  /** Rejects when the process does not become ready. */
  readonly handshake: (child: ChildLink) => Promise<unknown>;
  /** Milliseconds before the first, second, ... restart in a row. */
  readonly backOff: readonly number[];
  readonly log: (level: 'info' | 'warn' | 'error', line: string) => void;
}

/**
 * Keeps one inference process at hand: started when first wanted, again when it ended and is wanted, given up after
 * too many failures in a row. A failure is an end that nobody asked for, or a handshake that did not succeed.
 */
export class Supervisor implements Disposable {
  readonly #options: SupervisorOptions;
  readonly #changes = new Emitter<InferenceState>();
  #state: InferenceState = 'idle';
  /** The process there is, ready or not. */
  #child: ChildLink | undefined;
  #isReady = false;
  /** The start that is under way. */
  #start: Promise<ChildLink> | undefined;
  /** Ends the wait before the next try. */
  #wait: Deferred<undefined> | undefined;
  /** Processes that were told to end: their end is no failure. */
  readonly #expected = new WeakSet<ChildLink>();
  /** Why a process was ended, where that says more than its exit code. */
  readonly #reasons = new WeakMap<ChildLink, string>();
  #failures = 0;
  #lastFailure = { reason: '', at: 0 };
  #active = 0;
  #isDisposed = false;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  get state(): InferenceState {
    return this.#state;
  }

  onDidChangeState(listener: (state: InferenceState) => void): Disposable {
    return this.#changes.on(listener);
  }

  /** Whether there is a process or one is being started. */
  get isUp(): boolean {
    return this.#child !== undefined || this.#start !== undefined;
  }

  /**
   * A ready process. Rejects with `inference-gave-up` after too many failures in a row, until `restart`; with
   * `cancelled` when disposed.
   */
  async acquire(): Promise<ChildLink> {
    if (this.#isDisposed) throw new LoupeError('cancelled');
    if (this.#child && this.#isReady) return this.#child;
    this.#start ??= this.#bringUp().finally(() => {
      this.#start = undefined;
    });
    return this.#start;
  }

  /** Counts a piece of work as under way until disposed of: the state is `busy` meanwhile. */
  enter(): Disposable {
    this.#active++;
    this.#showReady();
    return {
      dispose: () => {
        this.#active--;
        this.#showReady();
      },
    };
  }

  /** The process did what it is for: failures before this are forgotten. */
  noteSuccess(): void {
    this.#failures = 0;
  }

  /** Ends a process that is of no use any more, which counts as a failure. Resolves when it is gone. */
  async abandon(child: ChildLink, reason: string): Promise<void> {
    this.#reasons.set(child, reason);
    await child.stop();
  }

  /** Ends the process, if any, forgets failures, and starts anew. Rejects as `acquire` does. */
  async restart(): Promise<void> {
    this.#failures = 0;
    this.#wait?.resolve(undefined);
    await this.#stop();
    await this.acquire();
  }

  /** Ends the process. Whoever waits for one is told `cancelled`. */
  dispose(): void {
    this.#isDisposed = true;
    this.#wait?.resolve(undefined);
    void this.#stop();
    this.#changes.dispose();
  }

  async #stop(): Promise<void> {
    if (!this.#child) return;
    this.#expected.add(this.#child);
    await this.#child.stop();
  }

  async #bringUp(): Promise<ChildLink> {
    for (;;) {
      await this.#backOff();
      if (this.#isDisposed) throw new LoupeError('cancelled');
      const child = this.#fork();
      try {
        await this.#options.handshake(child);
        this.#isReady = true;
        this.#showReady();
        return child;
      } catch (thrown) {
        const error = LoupeError.from(thrown);
        // It may have ended by itself, which says why; else it hangs or refuses.
        if (error.code === 'inference-crashed') await child.ended;
        else await this.abandon(child, error.message);
      }
    }
  }

  /** Waits as long as the failures in a row ask for. Rejects when there were too many. */
  async #backOff(): Promise<void> {
    const { backOff } = this.#options;
    if (this.#failures === 0) {
      this.#show('starting');
      return;
    }
    const wait = backOff[this.#failures - 1];
    if (wait === undefined) {
      this.#show('failed');
      const { reason } = this.#lastFailure;
      throw new LoupeError('inference-gave-up', { restarts: this.#failures, reason });
    }
    this.#show('restarting');
    this.#wait = createDeferred();
    const rest = this.#lastFailure.at + wait - performance.now();
    const timer = setTimeout(() => this.#wait?.resolve(undefined), Math.max(0, rest));
    await this.#wait.promise;
    clearTimeout(timer);
    this.#wait = undefined;
  }

  #fork(): ChildLink {
    const child = this.#options.fork();
    this.#child = child;
    void child.ended.then((reason) => this.#noteEnd(child, reason));
    return child;
  }

  #noteEnd(child: ChildLink, reason: string): void {
    this.#child = undefined;
    this.#isReady = false;
    if (!this.#expected.has(child)) {
      this.#failures++;
      this.#lastFailure = { reason: this.#reasons.get(child) ?? reason, at: performance.now() };
      this.#options.log('warn', `inference failed (${this.#failures}): ${this.#lastFailure.reason}`);
    }
    const isGivenUp = this.#failures > this.#options.backOff.length;
    this.#show(isGivenUp ? 'failed' : this.#active > 0 || this.#start ? 'restarting' : 'idle');
  }

  #showReady(): void {
    if (this.#isReady) this.#show(this.#active > 0 ? 'busy' : 'ready');
  }

  #show(state: InferenceState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#changes.fire(state);
  }
}
