import type { AttributeProto } from './attribute.ts';
import type { GraphProto, NodeProto } from './graph.ts';
import type { TensorProto } from './tensor.ts';
import { WireError } from './wire.ts';

/** Who makes and who reads each value of a graph, and which graph inputs its content comes from. */
export interface DataFlow {
  readonly graph: GraphProto;
  /** The nodes, each after those whose outputs it reads. */
  readonly nodes: readonly NodeProto[];
  /** Position of a node among `nodes`. */
  indexOf(node: NodeProto): number;
  producer(value: string): NodeProto | undefined;
  consumers(value: string): readonly NodeProto[];
  /** A value fixed in the file: an initializer, or the output of a Constant node. */
  constant(value: string): TensorProto | undefined;
  /**
   * Graph inputs whose content the value depends on, as bits in the order of `inputs`. What depends on an input's shape
   * alone (a mask's size, a range of positions) has none.
   */
  sources(value: string): bigint;
  /** Names of the graph's inputs, without initializers that are listed there too (as old files do). */
  readonly inputs: readonly string[];
}

/** Looks through a graph. Throws WireError where its nodes feed each other in a circle. */
export function dataFlowOf(graph: GraphProto): DataFlow {
  const producers = new Map<string, NodeProto>();
  const consumers = new Map<string, NodeProto[]>();
  const constants = new Map<string, TensorProto>();
  for (const tensor of graph.initializers) constants.set(tensor.name ?? '', tensor);
  for (const node of graph.nodes) {
    for (const output of node.outputs) if (output !== '') producers.set(output, node);
    for (const input of valuesReadBy(node)) {
      const readers = consumers.get(input);
      if (readers === undefined) consumers.set(input, [node]);
      else if (readers.at(-1) !== node) readers.push(node);
    }
    const fixed = constantOf(node);
    if (fixed !== undefined) constants.set(node.outputs[0] ?? '', fixed);
  }
  const nodes = sortNodes(graph.nodes, producers);
  const inputs = graph.inputs.map(({ name }) => name).filter((name) => !constants.has(name));
  const sources = sourcesOf(nodes, inputs);
  const indices = new Map(nodes.map((node, index) => [node, index]));
  return {
    graph,
    nodes,
    inputs,
    indexOf: (node) => indices.get(node) ?? -1,
    producer: (value) => producers.get(value),
    consumers: (value) => consumers.get(value) ?? [],
    constant: (value) => constants.get(value),
    sources: (value) => sources.get(value) ?? 0n,
  };
}

/** A node's inputs and the outer values that its subgraphs read. */
function valuesReadBy(node: NodeProto): readonly string[] {
  if (!node.attributes.some(({ graph, graphs }) => graph !== undefined || graphs.length > 0)) {
    return node.inputs.filter((input) => input !== '');
  }
  const values = new Set(node.inputs.filter((input) => input !== ''));
  for (const graph of subgraphsOf(node)) for (const value of outerValues(graph)) values.add(value);
  return [...values];
}

export function subgraphsOf(node: NodeProto): readonly GraphProto[] {
  return node.attributes.flatMap(({ graph, graphs }) => (graph === undefined ? graphs : [graph, ...graphs]));
}

function outerValues(graph: GraphProto): ReadonlySet<string> {
  const own = new Set<string>();
  for (const { name } of graph.inputs) own.add(name);
  for (const { name } of graph.initializers) own.add(name ?? '');
  for (const { outputs } of graph.nodes) for (const output of outputs) own.add(output);
  const outer = new Set<string>();
  const read = (value: string): void => {
    if (!own.has(value)) outer.add(value);
  };
  for (const node of graph.nodes) valuesReadBy(node).forEach(read);
  for (const { name } of graph.outputs) read(name);
  return outer;
}

function constantOf(node: NodeProto): TensorProto | undefined {
  if (node.opType !== 'Constant') return undefined;
  return attributeOf(node, 'value')?.tensor;
}

export function attributeOf(node: NodeProto, name: string): AttributeProto | undefined {
  return node.attributes.find((attribute) => attribute.name === name);
}

/** An integer attribute, or `otherwise`. */
export function integerOf(node: NodeProto, name: string, otherwise: number): number {
  const value = attributeOf(node, name)?.integer;
  return value === undefined ? otherwise : Number(value);
}

/** Kahn's algorithm; nodes that wait for nothing keep the order of the file. Throws WireError. */
export function sortNodes(
  nodes: readonly NodeProto[],
  producers: ReadonlyMap<string, NodeProto>,
): readonly NodeProto[] {
  const seen = new Set<string>();
  const isSorted = nodes.every((node) => {
    const ready = valuesReadBy(node).every((value) => seen.has(value) || !producers.has(value));
    for (const output of node.outputs) seen.add(output);
    return ready;
  });
  if (isSorted) return nodes;
  const waiting = new Map<NodeProto, number>();
  const readers = new Map<NodeProto, NodeProto[]>();
  for (const node of nodes) {
    const makers = new Set(valuesReadBy(node).flatMap((value) => producers.get(value) ?? []));
    waiting.set(node, makers.size);
    for (const maker of makers) {
      const known = readers.get(maker);
      if (known === undefined) readers.set(maker, [node]);
      else known.push(node);
    }
  }
  const sorted = nodes.filter((node) => waiting.get(node) === 0);
  for (const node of sorted) {
    for (const reader of readers.get(node) ?? []) {
      const left = (waiting.get(reader) ?? 0) - 1;
      waiting.set(reader, left);
      if (left === 0) sorted.push(reader);
    }
  }
  if (sorted.length < nodes.length) {
    const stuck = nodes.find((node) => (waiting.get(node) ?? 0) > 0);
    throw new WireError(`its nodes feed each other in a circle (at node ${nameOf(stuck)})`);
  }
  return sorted;
}

function nameOf(node: NodeProto | undefined): string {
  return node === undefined ? '?' : node.name || node.outputs[0] || node.opType;
}

function sourcesOf(nodes: readonly NodeProto[], inputs: readonly string[]): ReadonlyMap<string, bigint> {
  const sources = new Map<string, bigint>(inputs.map((name, index) => [name, 1n << BigInt(index)]));
  for (const node of nodes) {
    let bits = 0n;
    if (node.opType !== 'Shape' && node.opType !== 'Size') {
      for (const value of valuesReadBy(node)) bits |= sources.get(value) ?? 0n;
    }
    for (const output of node.outputs) if (bits !== 0n) sources.set(output, bits);
  }
  return sources;
}
