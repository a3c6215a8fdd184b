import type { Wording } from '../base/wording.ts';
import { errorTemplates, type LoupeError } from '../../shared/errors.ts';
import { warningTemplates, type TaskWarning } from '../../shared/taskProtocol.ts';

/** An error in the person's language. */
export function errorText(error: LoupeError, { t }: Wording): string {
  return t(errorTemplates[error.code], error.details);
}

/** A warning in the person's language. */
export function warningText(warning: TaskWarning, { t }: Wording): string {
  return t(warningTemplates[warning.code], warning.details);
}
