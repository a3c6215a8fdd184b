import { fillTemplate, type LoupeError } from '../../shared/errors.ts';
import { warningTemplates, type TaskResponse, type TaskWarning } from '../../shared/taskProtocol.ts';

/** What became of one input. */
export type Outcome =
  | { readonly index: number; readonly text: string; readonly response: TaskResponse }
  | { readonly index: number; readonly error: LoupeError };

export function warningMessage(warning: TaskWarning): string {
  return fillTemplate(warningTemplates[warning.code], warning.details);
}
