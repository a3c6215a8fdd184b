import { LoupeError } from '../../../shared/errors.ts';
import { errorCode } from '../files.ts';

/** What a failed write of `file` means to a person: `disk-full`, or `file-unwritable` with the system's reason. */
export function diskError(error: unknown, file: string): LoupeError {
  const code = errorCode(error);
  // Without a system's code it is no failure of the disk: an abort, or a mistake of ours.
  if (code === undefined || code === 'ABORT_ERR' || error instanceof LoupeError)
    return LoupeError.from(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') return new LoupeError('disk-full', { file }, { cause: error });
  return new LoupeError('file-unwritable', { file, reason: code }, { cause: error });
}
