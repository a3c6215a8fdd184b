import type { TaskName } from '../../shared/taskProtocol.ts';

/**
 * Whether the second dimension of a task's outputs counts tokens (start and end logits; labels per token) or labels.
 * The shape alone cannot tell: [2, 5] may be two rows of five tokens or of five labels.
 */
export const isPerToken: Readonly<Record<TaskName, boolean>> = {
  'text-classification': false,
  'question-answering': true,
  'token-classification': true,
};
