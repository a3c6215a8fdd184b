import { setTimeout as delay } from 'node:timers/promises';
import { LoupeError } from '../../../shared/errors.ts';
import type { HubContext } from './hubContext.ts';
import type { Dropped } from './request.ts';

/** What one attempt brought. */
export type Attempt<T> =
  | { readonly kind: 'done'; readonly value: T }
  /** `advanced`: something was received and kept, so the count of vain attempts begins anew. */
  | (Dropped & { readonly advanced?: boolean });

/** Being offline is no drop: after this many attempts that reached nobody, the person is told. */
const unreachedAtMost = 3;

/**
 * Repeats `attempt` with growing pauses until it is done. Throws LoupeError `hub-offline` when the hub was never reached,
 * else `hub-interrupted` with the last reason; `cancelled` also during a pause.
 */
export async function withRetries<T>(
  file: string,
  context: HubContext,
  attempt: () => Promise<Attempt<T>>,
): Promise<T> {
  let vain = 0;
  let reached = false;
  for (;;) {
    if (context.signal?.aborted === true) throw new LoupeError('cancelled');
    const result = await attempt();
    if (result.kind === 'done') return result.value;
    reached ||= result.reached;
    if (result.advanced === true) vain = 0;
    const pause = context.tools.backOffMs[vain++];
    if (pause === undefined || (!reached && vain >= unreachedAtMost))
      throw reached
        ? new LoupeError('hub-interrupted', { file, reason: result.reason })
        : new LoupeError('hub-offline', { endpoint: context.endpoint, reason: result.reason });
    await abortableDelay(Math.max(pause, result.retryAfterMs ?? 0), context.signal);
  }
}

/** Waits `ms`; throws LoupeError `cancelled` as soon as the signal aborts. */
export async function abortableDelay(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await delay(ms, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    throw LoupeError.from(error);
  }
}
