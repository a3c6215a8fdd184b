import type { CancellationToken } from 'vscode-jsonrpc/node';
import { CancellationTokenSource } from 'vscode-jsonrpc/node';
import type { Deferred } from '../../shared/deferred.ts';
import { createDeferred } from '../../shared/deferred.ts';
import { LoupeError } from '../../shared/errors.ts';

export interface CallLimits {
  readonly method: string;
  /** Milliseconds without a sign of life, counted from the call or the last sign, whichever is later. */
  readonly silence: number;
  /** `performance.now()` of the peer's last sign of life. */
  readonly lastSign: () => number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Makes a call that cannot hang: it rejects with `cancelled` as soon as the signal fires, and tells the peer; and with
 * `inference-timeout` when the peer has been silent for too long.
 */
export async function guardCall<Result>(
  limits: CallLimits,
  call: (token: CancellationToken) => Promise<Result>,
): Promise<Result> {
  if (limits.signal?.aborted) throw new LoupeError('cancelled');
  const source = new CancellationTokenSource();
  const broken: Deferred<never> = createDeferred();
  const abort = (): void => {
    source.cancel();
    broken.reject(new LoupeError('cancelled'));
  };
  limits.signal?.addEventListener('abort', abort, { once: true });
  const clock = watchSilence(limits, broken);
  try {
    return await Promise.race([call(source.token), broken.promise]);
  } finally {
    clock.stop();
    limits.signal?.removeEventListener('abort', abort);
    source.dispose();
  }
}

/** `promise`, but rejects with `cancelled` as soon as the signal fires. */
export async function untilAborted<Result>(promise: Promise<Result>, signal: AbortSignal): Promise<Result> {
  if (signal.aborted) throw new LoupeError('cancelled');
  const broken: Deferred<never> = createDeferred();
  const abort = (): void => broken.reject(new LoupeError('cancelled'));
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([promise, broken.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function watchSilence(limits: CallLimits, broken: Deferred<never>): { readonly stop: () => void } {
  const start = performance.now();
  let timer: NodeJS.Timeout;
  const check = (): void => {
    const rest = Math.max(start, limits.lastSign()) + limits.silence - performance.now();
    if (rest > 0) timer = setTimeout(check, rest);
    else {
      const seconds = Math.ceil(limits.silence / 1000);
      broken.reject(new LoupeError('inference-timeout', { method: limits.method, seconds }));
    }
  };
  timer = setTimeout(check, limits.silence);
  return { stop: () => clearTimeout(timer) };
}
