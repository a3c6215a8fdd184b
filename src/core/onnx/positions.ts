import type { DataFlow } from './dataFlow.ts';
import { elementTypes } from './elementTypes.ts';
import type { NodeProto } from './graph.ts';
import { operandsOf } from './operands.ts';
import type { TensorProto } from './tensor.ts';

export const comparisons: ReadonlySet<string> = new Set(['Less', 'LessOrEqual', 'Greater', 'GreaterOrEqual']);
const counters: ReadonlySet<string> = new Set(['Range', 'CumSum', 'NonZero']);
const positionInputs = /position/;

/** Tells which values number tokens by their place: position inputs, counted ranges, and what is worked out from them. */
export function positionValuesOf(flow: DataFlow): (value: string) => boolean {
  const positions = new Set(flow.inputs.filter((name) => positionInputs.test(name)));
  for (const tensor of flow.graph.initializers) if (isCount(tensor)) positions.add(tensor.name ?? '');
  for (const node of flow.nodes) {
    if (isPosition(node, positions, flow)) node.outputs.forEach((output) => positions.add(output));
  }
  return (value) => positions.has(value);
}

function isPosition(node: NodeProto, positions: ReadonlySet<string>, flow: DataFlow): boolean {
  if (counters.has(node.opType)) return true;
  if (node.opType === 'Constant') {
    const tensor = flow.constant(node.outputs[0] ?? '');
    return tensor !== undefined && isCount(tensor);
  }
  if (comparisons.has(node.opType) || node.opType === 'Shape' || operandsOf(node) !== undefined) return false;
  const read = node.opType === 'Gather' ? node.inputs.slice(0, 1) : node.inputs;
  return read.some((input) => positions.has(input));
}

/** 0, 1, 2 ... as some exporters write a range of positions that they know beforehand. */
function isCount({ dims, dataType }: Pick<TensorProto, 'dims' | 'dataType'>): boolean {
  return dataType === elementTypes.int64 && dims.reduce((all, dim) => all * dim, 1) > 8 && dims.at(-1) !== 1;
}
