import type { CancellationToken, MessageConnection } from 'vscode-jsonrpc/node';
import { ResponseError } from 'vscode-jsonrpc/node';
import type { ErrorData } from '../../shared/errors.ts';
import { LoupeError } from '../../shared/errors.ts';
import type { CallOptions, InferenceSettings } from '../../shared/inferenceProtocol.ts';
import type { ProgressToken } from '../link.ts';
import { link } from '../link.ts';
import type { Engine } from './engine.ts';

/** JSON-RPC leaves -32000 to -32099 to implementations. What went wrong is in the data, a LoupeError's. */
const failureCode = -32000;

/** Answers the link's methods. The engine is made by the first call, `initialize`, which brings the settings. */
export function serve(
  connection: MessageConnection,
  createEngine: (settings: InferenceSettings) => Engine,
  log: (line: string) => void,
): void {
  let engine: Engine | undefined;
  const ready = (): Engine => {
    if (!engine) throw new LoupeError('internal', { reason: 'called before initialize' });
    return engine;
  };

  connection.onRequest(link.initialize, (settings) =>
    answer(() => {
      engine = createEngine(settings);
      return engine.info();
    }),
  );
  connection.onRequest(link.configure, (settings) =>
    answer(() => {
      ready().configure(settings);
      return null;
    }),
  );
  connection.onRequest(link.run, (params, token) =>
    answer(() => ready().run(params.request, callOptions(params.progress, token))),
  );
  connection.onRequest(link.prepare, (params, token) =>
    answer(() => ready().prepare(params.model, params.task, callOptions(params.progress, token))),
  );
  connection.onRequest(link.attention, ({ source, name, params, progress }, token) =>
    answer(() => ready().attention(source, name, params, callOptions(progress, token))),
  );
  connection.onRequest(link.info, () => answer(() => ready().info()));

  function callOptions(progress: ProgressToken | undefined, token: CancellationToken): CallOptions {
    const signal = toSignal(token);
    if (progress === undefined) return { signal };
    return {
      signal,
      onProgress: (value) => {
        // A peer that went away ends this process; until then there is nobody to tell.
        connection
          .sendProgress(link.progress, progress, value)
          .catch((thrown: unknown) => log(`progress not sent: ${String(thrown)}`));
      },
    };
  }

  /** Errors travel as LoupeError data; those that nobody foresaw are logged with their stack. */
  async function answer<Result>(work: () => Result | Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (thrown) {
      const error = LoupeError.from(thrown);
      if (error.code === 'internal')
        log(thrown instanceof Error ? (thrown.stack ?? thrown.message) : error.message);
      throw new ResponseError<ErrorData>(failureCode, error.message, error.toData());
    }
  }
}

function toSignal(token: CancellationToken): AbortSignal {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort();
  token.onCancellationRequested(() => controller.abort());
  return controller.signal;
}
