import { resultRecord, type TaskWord } from '../../shared/resultRecord.ts';
import { errorMessage } from '../message.ts';
import type { Outcome } from './outcome.ts';

/** One input's outcome as a line of JSON: its record, or the error in place of its results. See docs/cli.md. */
export function jsonLine(outcome: Outcome, task: TaskWord, model: string): string {
  if (!('error' in outcome))
    return JSON.stringify(resultRecord(outcome.text, outcome.response, outcome.index));
  const { error, index } = outcome;
  return JSON.stringify({
    task,
    model,
    input: index,
    error: { code: error.code, message: errorMessage(error) },
  });
}
