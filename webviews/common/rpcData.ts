import type { MessageConnection } from 'vscode-jsonrpc/browser';
import { CancellationTokenSource, ProgressType, RequestType, ResponseError } from 'vscode-jsonrpc/browser';
import type { AttentionQueryParams, AttentionQueryResult } from '../../src/shared/attentionPanel.ts';
import { attentionPanelMethods } from '../../src/shared/attentionPanel.ts';
import type {
  AttentionParams,
  AttentionQueryName,
  AttentionResult,
} from '../../src/shared/attentionProtocol.ts';
import type { ErrorData } from '../../src/shared/errors.ts';
import { LoupeError } from '../../src/shared/errors.ts';
import type { TaskProgress } from '../../src/shared/taskProtocol.ts';
import type { Ability, AskOptions, AttentionData } from './attentionData.ts';

/** The one method answers every question; its type belongs to the question's name. */
const queryType = <K extends AttentionQueryName>(): RequestType<
  AttentionQueryParams<K>,
  AttentionQueryResult<K>,
  ErrorData
> => new RequestType(attentionPanelMethods.query);
const progressType = new ProgressType<TaskProgress>();

/** A failure as the host told it: the code to act on, and the message in the person's language. */
export class HostError extends LoupeError {
  constructor(data: ErrorData) {
    super(data.code, data.details);
    this.message = data.message;
  }
}

/** One side of the panel, asked over the link to the host. */
export class RpcData implements AttentionData {
  readonly abilities: ReadonlySet<Ability> = new Set<Ability>([
    'summaries',
    'attribution',
    'mask',
    'importance',
    'positions',
    'rollout',
    'flow',
  ]);
  readonly #connection: MessageConnection;
  readonly #side: number;
  readonly #version: number;
  readonly #nextToken: () => number;

  /** @param place which side of the panel, the version that it was made for, and progress tokens, each unique */
  constructor(
    connection: MessageConnection,
    place: { readonly side: number; readonly version: number; readonly nextToken: () => number },
  ) {
    this.#connection = connection;
    this.#side = place.side;
    this.#version = place.version;
    this.#nextToken = place.nextToken;
  }

  async ask<K extends AttentionQueryName>(
    name: K,
    params: AttentionParams<K>,
    { signal, onProgress }: AskOptions,
  ): Promise<AttentionResult<K>> {
    if (signal.aborted) throw new LoupeError('cancelled');
    const progress = this.#nextToken();
    const source = new CancellationTokenSource();
    const cancel = (): void => source.cancel();
    signal.addEventListener('abort', cancel, { once: true });
    const subscription = this.#connection.onProgress(progressType, progress, onProgress);
    const message = { side: this.#side, version: this.#version, name, params, progress };
    try {
      return await this.#connection.sendRequest(queryType<K>(), message, source.token);
    } catch (thrown) {
      throw fromHost(thrown);
    } finally {
      subscription.dispose();
      signal.removeEventListener('abort', cancel);
      source.dispose();
    }
  }
}

/** The `LoupeError` that a failed request of the link stands for. */
export function fromHost(thrown: unknown): LoupeError {
  if (thrown instanceof ResponseError && isErrorData(thrown.data)) return new HostError(thrown.data);
  return LoupeError.from(thrown);
}

function isErrorData(data: unknown): data is ErrorData {
  return typeof data === 'object' && data !== null && 'code' in data && 'message' in data;
}
