import { fillTemplate } from './errors.ts';
import {
  warningTemplates,
  type ClassificationResult,
  type LabelScore,
  type TaskName,
  type TaskResponse,
} from './taskProtocol.ts';

/** Tasks as the command line and its JSON call them. */
export const wordOfTask = {
  'text-classification': 'sentiment',
  'question-answering': 'qa',
  'token-classification': 'tokens',
} as const satisfies Record<TaskName, string>;
export type TaskWord = (typeof wordOfTask)[TaskName];

/** A result as JSON: what `loupe run --json` prints for one input, and "Copy as JSON" copies. See docs/cli.md. */
export interface ResultRecord {
  readonly task: TaskWord;
  /** The model reference. */
  readonly model: string;
  /** Which input of a command this is, counted from 0. */
  readonly input: number;
  readonly results: readonly ResultEntry[];
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
  /** To a tenth of a millisecond. */
  readonly ms: number;
}

/** `start` and `end` are UTF-16 offsets into the input; `text` is exactly that slice. */
export interface ResultEntry {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly label?: string;
  readonly score: number;
  readonly scope?: ClassificationResult['scope'];
  /** Every label, best first, where the task gives them. */
  readonly scores?: readonly LabelScore[];
}

/**
 * The record of the answer to `text`, which is input number `input`. Fields are added, never renamed or removed.
 * Warnings are in English: records are for programs.
 */
export function resultRecord(text: string, response: TaskResponse, input = 0): ResultRecord {
  return {
    task: wordOfTask[response.task],
    model: response.model.reference,
    input,
    results: response.results.map((result) => ({
      start: result.start,
      end: result.end,
      text: text.slice(result.start, result.end),
      ...('label' in result ? { label: result.label } : {}),
      score: result.score,
      ...('scope' in result ? { scope: result.scope } : {}),
      ...('scores' in result && result.scores.length > 0 ? { scores: result.scores } : {}),
    })),
    warnings: response.warnings.map(({ code, details }) => ({
      code,
      message: fillTemplate(warningTemplates[code], details),
    })),
    ms: Math.round(response.ms * 10) / 10,
  };
}
