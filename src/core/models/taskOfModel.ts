import { LoupeError } from '../../shared/errors.ts';
import type { TaskName } from '../../shared/taskProtocol.ts';
import type { ModelDescription } from './modelDescription.ts';

/** A task as people say it. */
export const taskWords: Readonly<Record<TaskName, string>> = {
  'text-classification': 'text classification (sentiment)',
  'question-answering': 'question answering',
  'token-classification': 'token classification (entities)',
};

/**
 * Throws LoupeError `model-wrong-task` when a model says that it was made for another task. One that does not say is
 * let through: the outputs of its graph will tell. Undefined: any task will do.
 */
export function requireTask(model: ModelDescription, wanted: TaskName | undefined): void {
  if (wanted === undefined || model.task === undefined || model.task === wanted) return;
  throw new LoupeError('model-wrong-task', {
    model: model.reference,
    actual: taskWords[model.task],
    wanted: taskWords[wanted],
  });
}
