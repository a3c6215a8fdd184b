import { LoupeError } from '../../../shared/errors.ts';
import { errorCode } from '../files.ts';
import type { HubContext } from './hubContext.ts';

/** An answer of the hub or of the store it redirects to. */
export interface HubAnswer {
  readonly kind: 'answer';
  readonly response: Response;
  /** Of the file itself, told by the hub before it redirects to a store: sha256 or git's blob id, and its bytes. */
  readonly linked: { readonly checksum: string | undefined; readonly bytes: number | undefined };
}

/** The hub has nothing there; it may tell what exactly is missing. */
export interface Absent {
  readonly kind: 'absent';
  readonly missing: 'model' | 'revision' | 'file' | undefined;
}

/** The connection failed or fell silent, or the hub was too busy: worth another attempt. */
export interface Dropped {
  readonly kind: 'dropped';
  readonly reason: string;
  /** Whether the hub answered at all. */
  readonly reached: boolean;
  readonly retryAfterMs?: number;
}

const redirectsAtMost = 5;
const busy: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);

/**
 * Sends one GET and follows redirects itself, because the hub gives a file's checksum (`X-Linked-Etag`) only with the
 * redirect. The body is still to be read, under the same guard.
 *
 * Throws LoupeError `hub-forbidden` or `cancelled`, and `hub-offline` when a web page stands in the way of data.
 */
export async function request(
  address: string,
  headers: Readonly<Record<string, string>>,
  guard: StallGuard,
  context: HubContext,
): Promise<HubAnswer | Absent | Dropped> {
  let url = new URL(address);
  let linked: HubAnswer['linked'] = { checksum: undefined, bytes: undefined };
  for (let hop = 0; hop <= redirectsAtMost; hop++) {
    const response = await send(url, headers, guard, context);
    if ('kind' in response) return response;
    linked = linkedOf(response.headers, linked);
    const location = response.headers.get('location');
    if (response.status >= 300 && response.status < 400 && response.status !== 304 && location !== null) {
      await discard(response);
      const next = new URL(location, url);
      if (next.protocol !== 'https:' && (url.protocol === 'https:' || next.protocol !== 'http:'))
        return {
          kind: 'dropped',
          reason: `it redirects to an unsafe address (${next.protocol})`,
          reached: true,
        };
      url = next;
      continue;
    }
    if (busy.has(response.status)) {
      await discard(response);
      const seconds = Number(response.headers.get('retry-after') ?? 'none');
      const reason = `status ${response.status}`;
      return {
        kind: 'dropped',
        reason,
        reached: true,
        ...(seconds > 0 && { retryAfterMs: Math.min(seconds, 60) * 1000 }),
      };
    }
    const refusal = refusalOf(response, context);
    if (refusal === undefined) return { kind: 'answer', response, linked };
    await discard(response);
    if (refusal instanceof LoupeError) throw refusal;
    return refusal;
  }
  return { kind: 'dropped', reason: 'too many redirects', reached: true };
}

/** A body's bytes as they arrive; leaving the loop early drops the connection. */
export async function* chunksOf(response: Response): AsyncGenerator<Uint8Array> {
  if (response.body !== null) yield* response.body as AsyncIterable<Uint8Array>;
}

/** Turns what fetch or a body's reader threw into a drop; an abort by the person becomes `cancelled`. */
export function dropOf(thrown: unknown, reached: boolean, guard: StallGuard, context: HubContext): Dropped {
  if (context.signal?.aborted === true) throw new LoupeError('cancelled', {}, { cause: thrown });
  if (guard.stalled)
    return { kind: 'dropped', reason: `no data for ${context.tools.stallMs / 1000} s`, reached };
  const cause = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown;
  const reason = errorCode(cause) ?? (cause instanceof Error ? cause.message : String(cause));
  return { kind: 'dropped', reason, reached };
}

/** Aborts a request after a time of silence or when the person cancels. */
export class StallGuard {
  readonly signal: AbortSignal;
  readonly #silence = new AbortController();
  readonly #ms: number;
  #timer: NodeJS.Timeout;

  constructor(ms: number, parent: AbortSignal | undefined) {
    this.#ms = ms;
    this.signal =
      parent === undefined ? this.#silence.signal : AbortSignal.any([parent, this.#silence.signal]);
    this.#timer = this.#start();
  }

  get stalled(): boolean {
    return this.#silence.signal.aborted;
  }

  /** Something arrived: the silence begins anew. */
  beat(): void {
    clearTimeout(this.#timer);
    this.#timer = this.#start();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #start(): NodeJS.Timeout {
    return setTimeout(() => this.#silence.abort(), this.#ms);
  }
}

async function send(
  url: URL,
  headers: Readonly<Record<string, string>>,
  guard: StallGuard,
  context: HubContext,
): Promise<Response | Dropped> {
  try {
    const response = await context.tools.fetch(url, {
      redirect: 'manual',
      signal: guard.signal,
      // A compressed body would make lengths and ranges those of the compressed file.
      headers: { ...headers, 'accept-encoding': 'identity', 'user-agent': 'loupe' },
    });
    guard.beat();
    return response;
  } catch (error) {
    return dropOf(error, false, guard, context);
  }
}

const absences: Readonly<Record<string, Absent['missing']>> = {
  RepoNotFound: 'model',
  RevisionNotFound: 'revision',
  EntryNotFound: 'file',
};

/**
 * The hub answers 401 for repositories that do not exist as well as for private ones; its `X-Error-Code` tells gated
 * ones apart (huggingface_hub, utils/_http.py, hf_raise_for_status).
 */
function refusalOf(response: Response, context: HubContext): Absent | LoupeError | undefined {
  const { status, headers } = response;
  const missing = absences[headers.get('x-error-code') ?? ''];
  if (missing !== undefined || status === 404 || status === 410) return { kind: 'absent', missing };
  if (status === 401 || status === 403 || status === 451)
    return new LoupeError('hub-forbidden', { reference: context.reference });
  if (status >= 400 && status !== 416)
    return new LoupeError('hub-offline', { endpoint: context.endpoint, reason: `status ${status}` });
  if (headers.get('content-type')?.startsWith('text/html') === true)
    return new LoupeError('hub-offline', {
      endpoint: context.endpoint,
      reason: 'it answers with a web page, perhaps the login page of your network',
    });
  return undefined;
}

function linkedOf(headers: Headers, earlier: HubAnswer['linked']): HubAnswer['linked'] {
  // A plain ETag is a checksum only where the hub itself answers; X-Repo-Commit tells that it does.
  const own = headers.has('x-repo-commit') ? headers.get('etag') : null;
  const checksum = headers.get('x-linked-etag') ?? own;
  const bytes = headers.get('x-linked-size');
  return {
    checksum: checksum === null ? earlier.checksum : checksum.replace(/^W\//, '').replaceAll('"', ''),
    bytes: bytes === null ? earlier.bytes : Number(bytes),
  };
}

async function discard(response: Response): Promise<void> {
  await response.body?.cancel();
}
