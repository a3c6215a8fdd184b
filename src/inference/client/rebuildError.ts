import { ResponseError } from 'vscode-jsonrpc/node';
import type { ErrorData } from '../../shared/errors.ts';
import { LoupeError, errorTemplates } from '../../shared/errors.ts';

/** The LoupeError that the inference process threw, from jsonrpc's error; anything else becomes `internal`. */
export function rebuildError(thrown: unknown): LoupeError {
  if (thrown instanceof ResponseError && isErrorData(thrown.data)) return LoupeError.fromData(thrown.data);
  return LoupeError.from(thrown);
}

function isErrorData(data: unknown): data is ErrorData {
  return (
    typeof data === 'object' &&
    data !== null &&
    'code' in data &&
    typeof data.code === 'string' &&
    Object.hasOwn(errorTemplates, data.code)
  );
}
