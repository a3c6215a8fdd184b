import type { DataFlow } from './dataFlow.ts';
import { elementTypes } from './elementTypes.ts';
import type { NodeProto } from './graph.ts';
import { operandsOf } from './operands.ts';
import { comparisons, positionValuesOf } from './positions.ts';
import type { TensorProto } from './tensor.ts';

/**
 * Tells which values carry a causal mask: one that compares positions of queries with positions of keys, is made by
 * Trilu, or comes from a square table of booleans in the file (as GPT-2's). A matrix product ends the trace, so that
 * hidden states do not carry the masks they were made with.
 */
export function causalMasksOf(flow: DataFlow): (value: string) => boolean {
  const isPosition = positionValuesOf(flow);
  const masks = new Set<string>();
  for (const tensor of flow.graph.initializers) if (isSquareTable(tensor)) masks.add(tensor.name ?? '');
  for (const node of flow.nodes) {
    const isMade = isComparison(node, isPosition) || node.opType === 'Trilu' || isFixedTable(node, flow);
    const isHandedOn = operandsOf(node) === undefined && node.inputs.some((input) => masks.has(input));
    if (isMade || isHandedOn) node.outputs.forEach((output) => masks.add(output));
  }
  return (value) => masks.has(value);
}

function isComparison(node: NodeProto, isPosition: (value: string) => boolean): boolean {
  return comparisons.has(node.opType) && node.inputs.every(isPosition);
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
