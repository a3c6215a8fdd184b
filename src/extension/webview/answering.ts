import { ResponseError, type CancellationToken } from 'vscode-jsonrpc/node';
import { LoupeError, type ErrorData } from '../../shared/errors.ts';

/** JSON-RPC leaves -32000 to -32099 to implementations. What went wrong is in the data, a LoupeError's. */
const failureCode = -32000;

/**
 * Does `work` for a page's request. What it throws travels as LoupeError data whose message `say` has written for the
 * person. The signal aborts when the page cancels the request, or is gone (`pageSignal`).
 */
export async function answerRequest<Result>(
  token: CancellationToken,
  pageSignal: AbortSignal,
  say: (error: LoupeError) => string,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  const abort = () => controller.abort();
  if (token.isCancellationRequested || pageSignal.aborted) abort();
  const subscription = token.onCancellationRequested(abort);
  pageSignal.addEventListener('abort', abort, { once: true });
  try {
    return await work(controller.signal);
  } catch (thrown) {
    const error = LoupeError.from(thrown);
    const message = say(error);
    throw new ResponseError<ErrorData>(failureCode, message, { ...error.toData(), message });
  } finally {
    subscription.dispose();
    pageSignal.removeEventListener('abort', abort);
  }
}
