import type { ModelDescription } from '../models/modelDescription.ts';
import type { TextTokenizer } from '../text/textTokenizer.ts';
import type { RowOutputs, Window } from '../text/window.ts';
import type { ResponseOf, TaskRequest, TaskWarning } from '../../shared/taskProtocol.ts';

/** What a task decides before any model runs: the windows to run, and how to read their outputs. */
export interface TaskPlan<Result> {
  readonly windows: readonly Window[];
  /** May be worked out when read: read it while the model runs. */
  readonly warnings: readonly TaskWarning[];
  /** `outputs[i]` belongs to `windows[i]`. */
  readonly decode: (outputs: readonly RowOutputs[]) => DecodedTask<Result>;
}

export interface DecodedTask<Result> {
  readonly results: readonly Result[];
  readonly warnings: readonly TaskWarning[];
}

/** One task: validates the text, cuts it into windows, decodes. Pure: no model, no clock, no I/O. */
export interface Task<Request extends TaskRequest> {
  readonly name: Request['task'];
  /** Names of the graph outputs that the task reads. */
  readonly outputs: readonly string[];
  /** Rejects with a LoupeError: `text-empty`, `text-binary`, `text-too-long`, `question-empty`. */
  plan(
    request: Request,
    model: ModelDescription,
    tokenizer: TextTokenizer,
  ): Promise<TaskPlan<ResponseOf<Request>['results'][number]>>;
}
