import { LoupeError } from '../../../shared/errors.ts';
import { errorCode } from '../files.ts';

/** What a failed write of `file` means to a person: `disk-full`, or `file-unwritable` with the system's reason. */
export function diskError(error: unknown, file: string): LoupeError {
  if (error instanceof LoupeError) return error;
  if (error instanceof Error && error.name === 'AbortError') return LoupeError.from(error);
  const code = errorCode(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') return new LoupeError('disk-full', { file }, { cause: error });
  const reason = code ?? (error instanceof Error ? error.message : String(error));
  return new LoupeError('file-unwritable', { file, reason }, { cause: error });
}
