import { integerAttribute, integersAttribute } from '../../../src/core/onnx/attribute.ts';
import { elementTypes } from '../../../src/core/onnx/elementTypes.ts';
import { probabilities, product, splitHeads } from './formula.ts';
import { noise, TestGraph } from './testGraph.ts';

export const size = { batch: 2, tokens: 5, heads: 2, width: 4, hidden: 8 } as const;
const { batch, tokens, heads, width, hidden } = size;

/** Hidden states that tests feed, [batch, tokens, hidden]. */
export const states = noise(batch * tokens * hidden, 7);

const square = [hidden, hidden] as const;
const weightsOf = { q: noise(64, 1), k: noise(64, 2), v: noise(64, 3) } as const;

/** What stands between the product of queries and keys and that with the values. */
export type Middle = (graph: TestGraph, scores: string) => string;

export const softmax: Middle = (graph, scores) =>
  graph.node('Softmax', [scores], 'weights', [integerAttribute('axis', -1)]);

/** One self-attention, [batch, heads, queries, keys] in the middle, from float states to float states. */
export function encoderGraph(middle: Middle = softmax, opset = 17): TestGraph {
  const graph = new TestGraph(opset);
  graph.input('states', elementTypes.float, ['batch', 'tokens', hidden]);
  graph.integers('split', [0, 0, heads, width]);
  graph.integers('joined', [0, 0, hidden]);
  const projected = (name: 'q' | 'k' | 'v', perm: readonly number[]): string => {
    graph.weight(`${name}.weight`, square, weightsOf[name]);
    const flat = graph.node('MatMul', ['states', `${name}.weight`], `${name}.flat`);
    const split = graph.node('Reshape', [flat, 'split'], `${name}.split`);
    return graph.node('Transpose', [split], name, [integersAttribute('perm', perm)]);
  };
  const q = projected('q', [0, 2, 1, 3]);
  const k = projected('k', [0, 2, 3, 1]);
  const v = projected('v', [0, 2, 1, 3]);
  graph.weight('scale', [], [1 / Math.sqrt(width)]);
  const scaled = graph.node('Mul', [graph.node('MatMul', [q, k], 'products'), 'scale'], 'scores');
  const context = graph.node('MatMul', [middle(graph, scaled), v], 'context');
  const turned = graph.node('Transpose', [context], 'turned', [integersAttribute('perm', [0, 2, 1, 3])]);
  graph.node('Reshape', [turned, 'joined'], 'output');
  graph.output('output', ['batch', 'tokens', hidden]);
  return graph;
}

/** The weights that `encoderGraph` works out for `states`. */
export function expectedWeights(mask?: Parameters<typeof probabilities>[3]): number[] {
  const split = (name: 'q' | 'k'): number[] =>
    splitHeads(product(states, weightsOf[name], [batch * tokens, hidden, hidden]), [
      batch,
      tokens,
      heads,
      width,
    ]);
  const shape = { batch, heads, queries: tokens, keys: tokens, width };
  return probabilities(split('q'), split('k'), shape, mask);
}
