import { fillTemplate } from './errors.ts';
import { warningTemplates, type LabelScore, type TaskRequest, type TaskResponse } from './taskProtocol.ts';

/** A result as JSON, the same from the command line (`--json`) and from the editor ("Copy as JSON"); see docs/cli.md. */
export interface ResultRecord {
  /** Hugging Face's pipeline name. */
  readonly task: TaskRequest['task'];
  /** The model reference. */
  readonly model: string;
  /** Which input of a command this is, counted from 0. */
  readonly input: number;
  readonly question?: string;
  readonly results: readonly ResultEntry[];
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
  readonly ms: number;
}

/** `start` and `end` are UTF-16 offsets into the input; `text` is exactly that slice. */
export interface ResultEntry {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly label?: string;
  readonly score: number;
  /** Every label, best first, where the task gives them. */
  readonly scores?: readonly LabelScore[];
}

/** The record of one request and its response. Warnings are in English: records are for programs. */
export function resultRecord(request: TaskRequest, response: TaskResponse, input = 0): ResultRecord {
  return {
    task: response.task,
    model: response.model.reference,
    input,
    ...(request.task === 'question-answering' ? { question: request.question } : {}),
    results: response.results.map((result) => ({
      start: result.start,
      end: result.end,
      text: request.text.slice(result.start, result.end),
      ...('label' in result ? { label: result.label } : {}),
      score: result.score,
      ...('scores' in result && result.scores.length > 0 ? { scores: result.scores } : {}),
    })),
    warnings: response.warnings.map(({ code, details }) => ({
      code,
      message: fillTemplate(warningTemplates[code], details),
    })),
    ms: response.ms,
  };
}
