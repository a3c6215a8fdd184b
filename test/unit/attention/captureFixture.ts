import type { GraphFacts, GraphTensors, TappedGraph } from '../../../src/core/attention/capture/graph.ts';
import type { AttentionModel } from '../../../src/core/attention/capture/model.ts';

export function factsOf(inputs: readonly string[], outputs: readonly string[]): GraphFacts {
  const info = (name: string): GraphFacts['inputs'][number] => ({ name, type: 'int64', dims: ['b', 's'] });
  return { layers: [], skipped: [], inputs: inputs.map(info), outputs: outputs.map(info) };
}

/** A graph whose runs are a function of the test's. */
export function graphWith(
  inputs: readonly string[],
  outputs: readonly string[],
  run: (feeds: GraphTensors, outputs: readonly string[]) => GraphTensors,
): TappedGraph {
  return {
    facts: factsOf(inputs, outputs),
    session: { run: (feeds, wanted) => Promise.resolve().then(() => run(feeds, wanted)) },
  };
}

export function attentionModel(changes: Partial<AttentionModel['description']> = {}): AttentionModel {
  return {
    description: {
      reference: 'm',
      directory: '/m',
      architecture: 'bert',
      task: undefined,
      labels: [],
      problemType: undefined,
      maxTokens: 512,
      languages: [],
      answersImpossible: false,
      licence: undefined,
      ...changes,
    },
    config: {},
    hasDecoderInput: false,
    isDecoderOnly: false,
    startId: 0,
    endIds: new Set(),
    feeds: { model: 'm', cacheHeads: undefined, cacheWidth: undefined },
  };
}
