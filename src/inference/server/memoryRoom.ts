import { createDeferred } from '../../shared/deferred.ts';
import { LoupeError } from '../../shared/errors.ts';

const megabyte = 1 << 20;

/**
 * Bytes of memory that one session takes, from the bytes of its weights: the weights, the copies that onnxruntime
 * makes of them (packed for its kernels; embeddings unfolded from int8), the arena under the token budget, and the
 * thread. Above what was measured for fp32 and int8 encoders, docs/decisions/031.
 */
export function sessionBytes(weightBytes: number): number {
  return 2 * weightBytes + 96 * megabyte;
}

/** Something that holds memory and can be let go of when nobody uses it. */
export interface Tenant {
  readonly bytes: number;
  /** `performance.now()` of its last use. */
  readonly lastUsed: number;
  /** False while it has running or waiting work: then it stays. */
  readonly isIdle: boolean;
  evict(): Promise<void>;
}

/**
 * Keeps loaded models together under a ceiling. Whoever needs room waits in line; the least recently used idle tenant
 * goes first; when all are at work, the first in line waits for one to become idle.
 */
export class MemoryRoom {
  readonly #tenants = new Set<Tenant>();
  #limitBytes: number;
  #line: Promise<void> = Promise.resolve();
  #waiting = 0;
  #changed = createDeferred<undefined>();

  constructor(limitMb: number) {
    this.#limitBytes = limitMb * megabyte;
  }

  /** Takes effect with the next reservation. */
  setLimit(limitMb: number): void {
    this.#limitBytes = limitMb * megabyte;
    this.notify();
  }

  /** Resolves when nobody waits for room: work on loaded models must not keep those in line waiting for ever. */
  async passLine(signal?: AbortSignal): Promise<void> {
    while (this.#waiting > 0) {
      if (signal?.aborted) throw new LoupeError('cancelled');
      await changedOrAborted(this.#changed.promise, signal);
    }
  }

  /**
   * Makes room for `tenant` and lets it in. Rejects with `memory-exhausted` when it is over the limit by itself, with
   * `cancelled` when the signal fired.
   */
  async reserve(tenant: Tenant, model: string, signal: AbortSignal): Promise<void> {
    this.#waiting++;
    const turn = this.#line.then(() => this.#makeRoom(tenant, model, signal));
    // The next in line goes on whether or not this one got in.
    this.#line = turn.catch(() => undefined);
    try {
      await turn;
    } finally {
      this.#waiting--;
      this.notify();
    }
  }

  /** How many further sessions of a model with so many bytes of weights fit, without letting anyone go. */
  sessionsThatFit(weightBytes: number): number {
    return Math.max(0, Math.floor((this.#limitBytes - this.#usedBytes()) / sessionBytes(weightBytes)));
  }

  leave(tenant: Tenant): void {
    this.#tenants.delete(tenant);
    this.notify();
  }

  /** To be called when a tenant became idle. */
  notify(): void {
    this.#changed.resolve(undefined);
    this.#changed = createDeferred();
  }

  #usedBytes(): number {
    return [...this.#tenants].reduce((sum, tenant) => sum + tenant.bytes, 0);
  }

  async #makeRoom(tenant: Tenant, model: string, signal: AbortSignal): Promise<void> {
    while (this.#usedBytes() + tenant.bytes > this.#limitBytes) {
      if (signal.aborted) throw new LoupeError('cancelled');
      if (tenant.bytes > this.#limitBytes)
        throw new LoupeError('memory-exhausted', {
          model,
          needed: Math.ceil(tenant.bytes / megabyte),
          limit: Math.floor(this.#limitBytes / megabyte),
        });
      const [oldest] = [...this.#tenants]
        .filter((each) => each.isIdle)
        .sort((a, b) => a.lastUsed - b.lastUsed);
      if (oldest) {
        await oldest.evict();
        this.#tenants.delete(oldest);
      } else await changedOrAborted(this.#changed.promise, signal);
    }
    this.#tenants.add(tenant);
  }
}

async function changedOrAborted(changed: Promise<unknown>, signal: AbortSignal | undefined): Promise<void> {
  const aborted = createDeferred<undefined>();
  const stop = (): void => aborted.resolve(undefined);
  signal?.addEventListener('abort', stop, { once: true });
  try {
    await Promise.race([changed, aborted.promise]);
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}
