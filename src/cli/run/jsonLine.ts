import type { TaskResponse } from '../../shared/taskProtocol.ts';
import type { TaskWord } from '../command.ts';
import { errorMessage } from '../message.ts';
import { warningMessage, type Outcome } from './outcome.ts';

/**
 * One input's outcome as a line of JSON. Documented in docs/cli.md and stable: fields are added, never renamed or
 * removed. `model` is the reference; `start` and `end` are UTF-16 offsets into the input.
 */
export function jsonLine(outcome: Outcome, task: TaskWord, model: string): string {
  const head = { task, model, input: outcome.index };
  if ('error' in outcome) {
    const { error } = outcome;
    return JSON.stringify({ ...head, error: { code: error.code, message: errorMessage(error) } });
  }
  const { response, text } = outcome;
  return JSON.stringify({
    ...head,
    results: resultsOf(response, text),
    warnings: response.warnings.map((warning) => ({ code: warning.code, message: warningMessage(warning) })),
    ms: Math.round(response.ms * 10) / 10,
  });
}

function resultsOf(response: TaskResponse, text: string): readonly object[] {
  switch (response.task) {
    case 'text-classification':
      return response.results.map(({ start, end, label, score, scope, scores }) => ({
        start,
        end,
        text: text.slice(start, end),
        label,
        score,
        scope,
        scores,
      }));
    case 'question-answering':
      return response.results.map(({ start, end, score }) => ({
        start,
        end,
        text: text.slice(start, end),
        score,
      }));
    case 'token-classification':
      return response.results.map(({ start, end, label, score, scores }) => ({
        start,
        end,
        text: text.slice(start, end),
        label,
        score,
        ...(scores.length > 0 && { scores }),
      }));
  }
}
