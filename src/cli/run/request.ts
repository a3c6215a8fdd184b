import type { Priority, TaskRequest } from '../../shared/taskProtocol.ts';
import type { RunCommand } from '../command.ts';

/** The request that a command makes of one text. `model` is the resolved reference. */
export function requestFor(command: RunCommand, model: string, text: string): TaskRequest {
  const priority: Priority = command.lines ? 'bulk' : 'interactive';
  switch (command.task) {
    case 'sentiment':
      return { task: 'text-classification', model, text, priority, sentences: true };
    case 'qa':
      return {
        task: 'question-answering',
        model,
        text,
        priority,
        question: command.question,
        topK: command.topK,
        maxAnswerLength: command.maxAnswerLength,
        impossible: 'auto',
      };
    case 'tokens':
      return { task: 'token-classification', model, text, priority, aggregation: command.aggregation };
  }
}
