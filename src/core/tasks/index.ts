import { LoupeError } from '../../shared/errors.ts';
import type { ResponseOf, TaskName, TaskRequest } from '../../shared/taskProtocol.ts';
import type { ModelDescription } from '../models/modelDescription.ts';
import type { TextTokenizer } from '../text/textTokenizer.ts';
import { questionAnswering } from './questionAnswering.ts';
import type { Task, TaskPlan } from './taskPlan.ts';
import { textClassification } from './textClassification.ts';
import { tokenClassification } from './tokenClassification.ts';

/** Every task by its name. */
export const tasks: { readonly [N in TaskName]: Task<Extract<TaskRequest, { readonly task: N }>> } = {
  'text-classification': textClassification,
  'question-answering': questionAnswering,
  'token-classification': tokenClassification,
};

/**
 * Plans a request with the task it names: the windows to run and how to read their outputs.
 * Rejects with `model-wrong-task` when the model's head is known to be another's, and with what `Task.plan` says.
 */
export async function planTask<R extends TaskRequest>(
  request: R,
  model: ModelDescription,
  tokenizer: TextTokenizer,
): Promise<TaskPlan<ResponseOf<R>['results'][number]>> {
  if (model.task !== undefined && model.task !== request.task)
    throw new LoupeError('model-wrong-task', {
      model: model.reference,
      actual: model.task,
      wanted: request.task,
    });
  return taskOf(request).plan(request, model, tokenizer);
}

/** The registry's entry for a request; its type follows from the name, which the compiler cannot see by itself. */
function taskOf<R extends TaskRequest>(request: R): Task<R> {
  return tasks[request.task] as unknown as Task<R>;
}
