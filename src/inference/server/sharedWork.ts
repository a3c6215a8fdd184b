import { createDeferred } from '../../shared/deferred.ts';
import { LoupeError } from '../../shared/errors.ts';

/**
 * One piece of work that several callers wait for. Each may leave by its signal; the work itself is told to stop only
 * when the last one has left. Progress goes to all who wait.
 */
export class SharedWork<Result, Progress> {
  readonly #controller = new AbortController();
  readonly #listeners = new Set<(progress: Progress) => void>();
  readonly #result: Promise<Result>;
  #waiting = 0;
  #isSettled = false;

  constructor(work: (signal: AbortSignal, onProgress: (progress: Progress) => void) => Promise<Result>) {
    const tell = (progress: Progress): void => this.#listeners.forEach((listener) => listener(progress));
    this.#result = work(this.#controller.signal, tell).finally(() => {
      this.#isSettled = true;
    });
    // Everyone may have left when it fails; those who have not hear of it through `join`.
    this.#result.catch(() => undefined);
  }

  get isSettled(): boolean {
    return this.#isSettled;
  }

  /** Whether the work was told to stop: nobody can join any more. */
  get isAbandoned(): boolean {
    return this.#controller.signal.aborted;
  }

  /** Rejects with `cancelled` when the signal fires, else settles as the work does. */
  async join(signal?: AbortSignal, onProgress?: (progress: Progress) => void): Promise<Result> {
    if (signal?.aborted) throw new LoupeError('cancelled');
    const left = createDeferred<never>();
    const leave = (): void => left.reject(new LoupeError('cancelled'));
    signal?.addEventListener('abort', leave, { once: true });
    if (onProgress) this.#listeners.add(onProgress);
    this.#waiting++;
    try {
      return await Promise.race([this.#result, left.promise]);
    } finally {
      this.#waiting--;
      signal?.removeEventListener('abort', leave);
      if (onProgress) this.#listeners.delete(onProgress);
      if (this.#waiting === 0 && !this.#isSettled) this.#controller.abort();
    }
  }
}
