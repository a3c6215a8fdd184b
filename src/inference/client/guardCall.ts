import type { CancellationToken } from 'vscode-jsonrpc/node';
import { CancellationTokenSource } from 'vscode-jsonrpc/node';
import type { Deferred } from '../../shared/deferred.ts';
import { createDeferred } from '../../shared/deferred.ts';
import type { Disposable } from '../../shared/disposable.ts';
import { DisposableStore } from '../../shared/disposable.ts';
import { LoupeError } from '../../shared/errors.ts';

export interface CallLimits {
  readonly method: string;
  /** Milliseconds without a sign of life, counted from the call or the last sign, whichever is later. */
  readonly silence: number;
  /** `performance.now()` of the peer's last sign of life. */
  readonly lastSign: () => number;
  readonly signals: readonly AbortSignal[];
}

/**
 * Makes a call that cannot hang: it rejects with `cancelled` as soon as a signal fires, and tells the peer; and with
 * `inference-timeout` when the peer has been silent for too long.
 */
export async function guardCall<Result>(
  limits: CallLimits,
  call: (token: CancellationToken) => Promise<Result>,
): Promise<Result> {
  if (isAborted(limits.signals)) throw new LoupeError('cancelled');
  const source = new CancellationTokenSource();
  const broken: Deferred<never> = createDeferred();
  const watch = new DisposableStore();
  watch.add(
    onAbort(limits.signals, () => {
      source.cancel();
      broken.reject(new LoupeError('cancelled'));
    }),
  );
  watch.add(watchSilence(limits, broken));
  try {
    return await Promise.race([call(source.token), broken.promise]);
  } finally {
    watch.dispose();
    source.dispose();
  }
}

/** `promise`, but rejects with `cancelled` as soon as a signal fires. */
export async function untilAborted<Result>(
  promise: Promise<Result>,
  signals: readonly AbortSignal[],
): Promise<Result> {
  if (isAborted(signals)) throw new LoupeError('cancelled');
  const broken: Deferred<never> = createDeferred();
  const watch = onAbort(signals, () => broken.reject(new LoupeError('cancelled')));
  try {
    return await Promise.race([promise, broken.promise]);
  } finally {
    watch.dispose();
  }
}

function isAborted(signals: readonly AbortSignal[]): boolean {
  return signals.some((signal) => signal.aborted);
}

/** Instead of AbortSignal.any, whose signals stay referenced by a long-lived source in Node 20. */
function onAbort(signals: readonly AbortSignal[], listener: () => void): Disposable {
  for (const signal of signals) signal.addEventListener('abort', listener, { once: true });
  return {
    dispose: () => {
      for (const signal of signals) signal.removeEventListener('abort', listener);
    },
  };
}

function watchSilence(limits: CallLimits, broken: Deferred<never>): Disposable {
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
  return { dispose: () => clearTimeout(timer) };
}
