import { integerAttribute, type AttributeProto } from '../../../src/core/onnx/attribute.ts';
import { elementTypes } from '../../../src/core/onnx/elementTypes.ts';
import type { Tensor } from 'onnxruntime-node';
import { floats, ints, noise, TestGraph, type Feeds } from './testGraph.ts';

export const size = { batch: 2, heads: 2, width: 4, hidden: 8, queries: 3, past: 2 } as const;
const { batch, heads, width, hidden, queries, past } = size;

/** A graph of one fused operator with what to feed it. */
export interface FusedGraph {
  readonly graph: TestGraph;
  readonly feeds: Feeds;
  readonly keys: number;
  /** Values [batch, heads, keys, width], for working out what the operator should give. */
  readonly values: readonly number[];
}

export interface Mask {
  readonly dims: readonly number[];
  readonly values: readonly number[];
}

export interface Options {
  readonly mask?: Mask;
  readonly bias?: boolean;
  readonly added?: Mask;
  readonly hasPast?: boolean;
  readonly attributes?: readonly AttributeProto[];
  /** Keys of another sequence, of this length; `split`: [batch, heads, keys, width] as an encoder's cache has them. */
  readonly cross?: { readonly keys: number; readonly split: boolean };
}

const dynamic = (dims: readonly number[]): (number | string)[] => dims.map((_, axis) => `d${axis}`);

class FusedInputs {
  readonly graph = new TestGraph(17);
  readonly feeds: Record<string, Tensor> = {};

  float(name: string, dims: readonly number[], values: readonly number[], declared = dims): string {
    this.feeds[name] = floats(values, dims);
    return this.graph.input(name, elementTypes.float, [
      ...declared.map((dim, axis) => (axis < 2 ? `${name}${axis}` : dim)),
    ]);
  }

  mask(mask: Mask | undefined): string {
    if (mask === undefined) return '';
    this.feeds['mask'] = ints(mask.values, mask.dims);
    return this.graph.input('mask', elementTypes.int32, dynamic(mask.dims));
  }

  added(added: Mask | undefined): string {
    if (added === undefined) return '';
    this.feeds['added'] = floats(added.values, added.dims);
    return this.graph.input('added', elementTypes.float, dynamic(added.dims));
  }
}

/** [batch, tokens, heads * width] as [batch, heads, tokens, width]. */
function turned(values: readonly number[], tokens: number): number[] {
  return Array.from({ length: values.length }, (_, index) => {
    const [b, h] = [
      Math.floor(index / (heads * tokens * width)),
      Math.floor(index / (tokens * width)) % heads,
    ];
    return values[
      ((b * tokens + (Math.floor(index / width) % tokens)) * heads + h) * width + (index % width)
    ]!;
  });
}

function afterPast(earlier: readonly number[], fresh: readonly number[], tokens: number): number[] {
  return Array.from({ length: batch * heads }, (_, row) => [
    ...earlier.slice(row * past * width, (row + 1) * past * width),
    ...fresh.slice(row * tokens * width, (row + 1) * tokens * width),
  ]).flat();
}

/** Queries, keys and values are the same states, each times numbers of its own; keys of a cross-attention are fed. */
export function multiHeadGraph(options: Options = {}): FusedGraph {
  const inputs = new FusedInputs();
  const { graph } = inputs;
  const states = noise(batch * queries * hidden, 11);
  inputs.float('states', [batch, queries, hidden], states);
  const { cross } = options;
  const fresh = cross?.keys ?? queries;
  const dims = cross?.split === true ? [batch, heads, fresh, width] : [batch, fresh, hidden];
  const fed = (name: string, seed: number): readonly number[] => {
    const values = noise(cross === undefined ? hidden : batch * fresh * hidden, seed);
    if (cross !== undefined) {
      inputs.float(name, dims, values);
      return values;
    }
    graph.weight(`${name}.factor`, [hidden], values);
    graph.node('Mul', ['states', `${name}.factor`], name);
    return states.map((state, index) => state * values[index % hidden]!);
  };
  fed('key', 12);
  const v = fed('value', 13);
  const shift = options.bias === true ? noise(3 * hidden, 14) : [];
  const bias = options.bias === true ? graph.weight('bias', [3 * hidden], shift) : '';
  const cached = [batch, heads, past, width];
  const pasts = options.hasPast === true ? ['past_key', 'past_value'] : ['', ''];
  const earlier = noise(batch * heads * past * width, 16);
  if (options.hasPast === true) {
    inputs.float('past_key', cached, noise(batch * heads * past * width, 15));
    inputs.float('past_value', cached, earlier);
  }
  graph.node(
    'com.microsoft.MultiHeadAttention',
    ['states', 'key', 'value', bias, inputs.mask(options.mask), inputs.added(options.added), ...pasts],
    'attended',
    [integerAttribute('num_heads', heads), ...(options.attributes ?? [])],
    options.hasPast === true ? ['present_key', 'present_value'] : [],
  );
  finish(graph);
  const shifted = v.map((value, index) => value + (shift[2 * hidden + (index % hidden)] ?? 0));
  const split = cross?.split === true ? v : turned(shifted, fresh);
  return {
    graph,
    feeds: inputs.feeds,
    keys: fresh + (options.hasPast === true ? past : 0),
    values: options.hasPast === true ? afterPast(earlier, split, fresh) : split,
  };
}

/** The operator's output goes on to something, as in a model. */
function finish(graph: TestGraph): void {
  graph.weight('one', [], [1]);
  graph.node('Mul', ['attended', 'one'], 'output');
  graph.output('output', ['b', 's', hidden]);
}

/** com.microsoft.Attention; its values cannot be fed, so they are left out. */
export function attentionGraph(options: Options = {}): FusedGraph {
  const inputs = new FusedInputs();
  const { graph } = inputs;
  inputs.float('input', [batch, queries, hidden], noise(batch * queries * hidden, 21));
  graph.weight('weights', [hidden, 3 * hidden], noise(3 * hidden * hidden, 22));
  const bias = options.bias === false ? '' : graph.weight('bias', [3 * hidden], noise(3 * hidden, 23));
  const pasts = options.hasPast === true ? ['past'] : [''];
  if (options.hasPast === true) {
    inputs.feeds['past'] = floats(noise(2 * batch * heads * past * width, 24), [
      2,
      batch,
      heads,
      past,
      width,
    ]);
    graph.input('past', elementTypes.float, [2, 'b', heads, 'p', width]);
  }
  graph.node(
    'com.microsoft.Attention',
    ['input', 'weights', bias, inputs.mask(options.mask), ...pasts, inputs.added(options.added)],
    'attended',
    [integerAttribute('num_heads', heads), ...(options.attributes ?? [])],
    options.hasPast === true ? ['present'] : [],
  );
  finish(graph);
  if (options.hasPast === true) graph.output('present', [2, 'b', heads, 't', width]);
  return {
    graph,
    feeds: inputs.feeds,
    keys: queries + (options.hasPast === true ? past : 0),
    values: [],
  };
}

/** weights [batch, heads, queries, keys] x values, as [batch, queries, heads * width]. */
export function contextOf(weights: readonly number[], values: readonly number[], keys: number): number[] {
  return Array.from({ length: batch * queries * hidden }, (_, index) => {
    const [b, q] = [Math.floor(index / (queries * hidden)), Math.floor(index / hidden) % queries];
    const [h, w] = [Math.floor((index % hidden) / width), index % width];
    const row = (b * heads + h) * queries + q;
    let sum = 0;
    for (let key = 0; key < keys; key++) {
      sum += weights[row * keys + key]! * values[((b * heads + h) * keys + key) * width + w]!;
    }
    return sum;
  });
}
