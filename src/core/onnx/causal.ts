import type { DataFlow } from './dataFlow.ts';
import { elementTypes } from './elementTypes.ts';
import type { NodeProto } from './graph.ts';
import { operandsOf } from './operands.ts';
import type { TensorProto } from './tensor.ts';

const comparisons: ReadonlySet<string> = new Set(['Less', 'LessOrEqual', 'Greater', 'GreaterOrEqual']);
const counters: ReadonlySet<string> = new Set(['Range', 'CumSum', 'NonZero']);
const positionInputs = /position/;

/**
 * Tells which values carry a causal mask: one that compares positions of queries with positions of keys, is made by
 * Trilu, or comes from a square table of booleans in the file (as GPT-2's). A matrix product ends the trace, so that
 * hidden states do not carry the masks they were made with.
 */
export function causalMasksOf(flow: DataFlow): (value: string) => boolean {
  const positions = new Set(flow.inputs.filter((name) => positionInputs.test(name)));
  const masks = new Set<string>();
  for (const { name, ...tensor } of flow.graph.initializers) {
    if (isSquareTable(tensor)) masks.add(name ?? '');
    else if (isCount(tensor)) positions.add(name ?? '');
  }
  for (const node of flow.nodes) {
    if (isMask(node, positions) || isFixedTable(node, flow))
      node.outputs.forEach((output) => masks.add(output));
    if (operandsOf(node) !== undefined) continue;
    if (node.inputs.some((input) => masks.has(input))) node.outputs.forEach((output) => masks.add(output));
    if (isPosition(node, positions)) node.outputs.forEach((output) => positions.add(output));
  }
  return (value) => masks.has(value);
}

function isMask(node: NodeProto, positions: ReadonlySet<string>): boolean {
  if (node.opType === 'Trilu') return true;
  return comparisons.has(node.opType) && node.inputs.every((input) => positions.has(input));
}

function isPosition(node: NodeProto, positions: ReadonlySet<string>): boolean {
  if (counters.has(node.opType)) return true;
  if (comparisons.has(node.opType) || node.opType === 'Shape') return false;
  const read = node.opType === 'Gather' ? node.inputs.slice(0, 1) : node.inputs;
  return read.some((input) => positions.has(input));
}

function isFixedTable(node: NodeProto, flow: DataFlow): boolean {
  const tensor = node.opType === 'Constant' ? flow.constant(node.outputs[0] ?? '') : undefined;
  return tensor !== undefined && isSquareTable(tensor);
}

type Tensor = Pick<TensorProto, 'dims' | 'dataType'>;

/** Booleans over queries x keys; of numbers only with the axes of scores, since a square of numbers is often a weight. */
function isSquareTable({ dims, dataType }: Tensor): boolean {
  const [rows = 0, columns = 0] = dims.slice(-2);
  if (dims.length < 2 || rows < 2 || rows !== columns || dims.slice(0, -2).some((dim) => dim !== 1))
    return false;
  if (dataType === elementTypes.bool || dataType === elementTypes.uint8) return true;
  return dims.length === 4 && (dataType === elementTypes.float || dataType === elementTypes.float16);
}

/** 0, 1, 2 ... as some exporters write a range of positions that they know beforehand. */
function isCount({ dims, dataType }: Tensor): boolean {
  return dataType === elementTypes.int64 && dims.reduce((all, dim) => all * dim, 1) > 8 && dims.at(-1) !== 1;
}
