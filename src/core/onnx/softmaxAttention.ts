import { attributeOf, integerOf, type DataFlow } from './dataFlow.ts';
import { gateLike } from './gateHeads.ts';
import type { GraphEdit } from './graphEdit.ts';
import type { NodeProto } from './graph.ts';
import { carriedInputs, operandsOf } from './operands.ts';
import type { Finding, GraphView } from './site.ts';
import { integersOfTensor } from './tensor.ts';
import type { Dims } from './valueFacts.ts';

/** How many nodes are looked at between a product and the softmax. */
const farthest = 64;

/** What a softmax is worked out of; undefined for other operators. Some exports write it out: exp(x) / sum of exp(x). */
export function softmaxInput(node: NodeProto, flow: DataFlow): string | undefined {
  if (node.opType === 'Softmax' || node.opType === 'BiasSoftmax') return node.inputs[0];
  if (node.opType !== 'Div') return undefined;
  const [above = '', below = ''] = node.inputs;
  const [raised, sum] = [flow.producer(above), flow.producer(below)];
  const isWrittenOut = raised?.opType === 'Exp' && sum?.opType === 'ReduceSum' && sum.inputs[0] === above;
  return isWrittenOut ? raised.inputs[0] : undefined;
}

/**
 * An attention whose softmax is a node of its own: fed (through scaling, masks, casts, quantisation) by a product of
 * two values that both come from the model's inputs, and feeding a product with a third. Undefined for any other
 * softmax (a classifier's, a router's).
 */
export function softmaxAttention(node: NodeProto, view: GraphView): Finding | undefined {
  const before = lookBack(softmaxInput(node, view.flow) ?? '', view);
  if (before === undefined) return undefined;
  const tapped = finalProbabilities(node.outputs[0] ?? '', view.flow);
  if (!feedsProduct(tapped, view.flow)) return undefined;
  const { dims } = view.factsOf(tapped);
  if (!isAlongKeys(node, dims, view)) {
    return {
      node,
      reason: 'its softmax does not run along the last axis. Export the model with the keys last.',
    };
  }
  const layout = layoutOf(dims, before.queries, view);
  if (typeof layout === 'string') return { node, reason: layout };
  return {
    node,
    queries: [before.queries],
    keys: [before.keys],
    isCausal: before.isCausal,
    heads: layout.heads,
    probabilities: (edit) => edit.asFloat(layout.unfold(edit, tapped)),
    gate: (edit, gate) => {
      const readers = view.flow.consumers(tapped);
      const product = edit.add('Mul', [layout.unfold(edit, tapped), gateLike(edit, gate, tapped)]);
      edit.rewire(readers, tapped, layout.fold(edit, product, tapped));
    },
  };
}

interface Before {
  readonly queries: string;
  readonly keys: string;
  readonly isCausal: boolean;
}

function lookBack(scores: string, { flow, isCausal }: GraphView): Before | undefined {
  const values = [scores];
  let product: readonly [string, string] | undefined;
  let causal = false;
  for (let index = 0; index < values.length && index < farthest; index++) {
    const value = values[index] ?? '';
    const maker = flow.producer(value);
    causal ||= isCausal(value);
    if (maker === undefined) continue;
    const operands = operandsOf(maker);
    if (operands !== undefined) {
      const isOfActivations = operands.every((operand) => flow.sources(operand) !== 0n);
      if (isOfActivations) product ??= operands;
      continue;
    }
    for (const input of carriedInputs(maker)) if (!values.includes(input)) values.push(input);
    const condition = maker.opType === 'Where' ? maker.inputs[0] : undefined;
    if (condition !== undefined) causal ||= isCausal(condition);
  }
  return product && { queries: product[0], keys: product[1], isCausal: causal };
}

/**
 * Behind the softmax some exports put zero where a row was all masked (IsNaN, Where) or cut a sink's column off (Slice):
 * the map is what goes on from there.
 */
function finalProbabilities(value: string, flow: DataFlow): string {
  const readers = flow.consumers(value);
  const repaired = readers.find(
    ({ opType, inputs }) => opType === 'Where' && flow.producer(inputs[0] ?? '')?.opType === 'IsNaN',
  );
  const cut = readers.length === 1 ? readers.find(({ opType }) => opType === 'Slice') : undefined;
  const next = (repaired ?? cut)?.outputs[0];
  return next === undefined ? value : finalProbabilities(next, flow);
}

function feedsProduct(value: string, flow: DataFlow): boolean {
  const values = [value];
  for (let index = 0; index < values.length && index < farthest; index++) {
    const at = values[index] ?? '';
    for (const reader of flow.consumers(at)) {
      const operands = operandsOf(reader);
      if (operands?.includes(at) === true) {
        const other = operands[0] === at ? operands[1] : operands[0];
        if (flow.sources(other) !== 0n) return true;
      } else if (carriedInputs(reader).includes(at)) {
        const output = reader.outputs[0] ?? '';
        if (!values.includes(output)) values.push(output);
      }
    }
  }
  return false;
}

function isAlongKeys(node: NodeProto, dims: Dims | undefined, { flow, opset }: GraphView): boolean {
  const isLast = (axis: number | undefined): boolean =>
    axis === -1 || (axis !== undefined && axis === (dims?.length ?? axis + 1) - 1);
  if (node.opType === 'Softmax') return isLast(integerOf(node, 'axis', opset < 13 ? 1 : -1));
  if (node.opType === 'BiasSoftmax') return true;
  const sum = flow.producer(node.inputs[1] ?? '');
  const named = flow.constant(sum?.inputs[1] ?? '');
  const axes = (named && integersOfTensor(named)) ?? (sum && attributeOf(sum, 'axes'))?.integers.map(Number);
  return axes?.length === 1 && isLast(axes[0]);
}

interface Layout {
  readonly heads: number | undefined;
  /** [batch, heads, queries, keys] out of the graph's own axes. */
  unfold(edit: GraphEdit, value: string): string;
  /** Back to the axes that `like` has. */
  fold(edit: GraphEdit, value: string, like: string): string;
}

/** How the axes of the probabilities stand for batch, heads, queries and keys; a reason where that cannot be told. */
function layoutOf(dims: Dims | undefined, queries: string, view: GraphView): Layout | string {
  const fold = (edit: GraphEdit, value: string, like: string): string =>
    edit.add('Reshape', [value, edit.add('Shape', [like])]);
  switch (dims?.length) {
    case undefined:
      return 'the graph does not tell the axes of its weights. Export the model again with shapes.';
    case 4:
      return { heads: dims[1], unfold: (_, value) => value, fold: (_, value) => value };
    case 5: {
      const [, groups, each] = dims;
      return {
        heads: groups === undefined || each === undefined ? undefined : groups * each,
        unfold: (edit, value) => edit.reshape(value, [0, -1, edit.length(value, 3), edit.length(value, 4)]),
        fold,
      };
    }
    case 3: {
      const heads = headsBehind(queries, view);
      if (heads === undefined) break;
      return {
        heads,
        unfold: (edit, value) =>
          edit.reshape(value, [-1, heads, edit.length(value, 1), edit.length(value, 2)]),
        fold,
      };
    }
  }
  return `its weights have ${dims?.length ?? 0} axes, and the graph does not tell which are heads. Export the model with weights of [batch, heads, queries, keys].`;
}

/** Heads of queries that were folded into the batch: from the Reshape that split them, [batch, tokens, heads, width]. */
function headsBehind(queries: string, { flow, factsOf }: GraphView): number | undefined {
  let value = queries;
  for (let step = 0; step < farthest; step++) {
    const maker = flow.producer(value);
    if (maker === undefined) return undefined;
    const source = maker.inputs[0] ?? '';
    const order = maker.opType === 'Transpose' ? attributeOf(maker, 'perm')?.integers.map(Number) : undefined;
    if (order?.length === 4) return factsOf(maker.outputs[0] ?? '').dims?.[1];
    const isSplit = factsOf(source).dims?.length === 4 && maker.opType === 'Reshape';
    if (isSplit) return factsOf(source).dims?.[1];
    // No axis was ever split: one head.
    if (operandsOf(maker) !== undefined && factsOf(value).dims?.length === 3) return 1;
    const [next] = carriedInputs(maker).filter((input) => flow.sources(input) !== 0n);
    if (next === undefined) return undefined;
    value = next;
  }
  return undefined;
}
