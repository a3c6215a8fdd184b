import type { ModelDescription } from '../../../src/core/models/modelDescription.ts';

/** A model with two labels that takes 64 tokens, with changes. */
export function description(changes: Partial<ModelDescription> = {}): ModelDescription {
  return {
    reference: 'starter:test',
    directory: '/models/test',
    architecture: 'bert',
    task: undefined,
    labels: ['negative', 'positive'],
    problemType: undefined,
    maxTokens: 64,
    languages: [],
    answersImpossible: false,
    licence: undefined,
    ...changes,
  };
}
