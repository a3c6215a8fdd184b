import { attributeOf, integerOf, type DataFlow } from './dataFlow.ts';
import { elementTypes } from './elementTypes.ts';
import type { NodeProto } from './graph.ts';
import { integersOfTensor } from './tensor.ts';
import { tensorTypeOf } from './valueInfo.ts';

/** Lengths of a value's axes; undefined where only a run tells. */
export type Dims = readonly (number | undefined)[];

/** What a graph says about a value's shape and element type, where it says anything. */
export interface ValueFacts {
  readonly dims: Dims | undefined;
  /** TensorProto.DataType; 0: not known. */
  readonly elementType: number;
}

const nothing: ValueFacts = { dims: undefined, elementType: 0 };

/**
 * Ranks, fixed axis lengths and element types of a graph's values, from what the file declares and from the operators
 * that attention is made of. Not a full shape inference: what other operators give stays unknown.
 */
export function valueFactsOf(flow: DataFlow): (value: string) => ValueFacts {
  const facts = new Map<string, ValueFacts>();
  for (const info of [...flow.graph.valueInfos, ...flow.graph.inputs, ...flow.graph.outputs]) {
    const type = tensorTypeOf(info);
    if (type === undefined) continue;
    const dims = type.dims?.map((dim) => (typeof dim === 'number' && dim >= 0 ? dim : undefined));
    facts.set(info.name, { dims, elementType: type.elementType });
  }
  for (const { name, dims, dataType } of flow.graph.initializers) {
    facts.set(name ?? '', { dims, elementType: dataType });
  }
  const known = (value: string | undefined): ValueFacts => facts.get(value ?? '') ?? nothing;
  for (const node of flow.nodes) {
    const found = factsFrom(node, known, flow);
    const [first] = node.outputs;
    if (found === undefined || first === undefined) continue;
    const declared = known(first);
    facts.set(first, {
      dims: merge(declared.dims, found.dims),
      elementType: declared.elementType || found.elementType,
    });
  }
  return known;
}

type Known = (value: string | undefined) => ValueFacts;

function factsFrom(node: NodeProto, known: Known, flow: DataFlow): ValueFacts | undefined {
  const [first, second] = node.inputs;
  const input = known(first);
  switch (node.opType) {
    case 'Constant': {
      const tensor = flow.constant(node.outputs[0] ?? '');
      return tensor && { dims: tensor.dims, elementType: tensor.dataType };
    }
    case 'Identity':
    case 'Dropout':
    case 'Softmax':
    case 'BiasSoftmax':
    case 'Clip':
    case 'Tanh':
    case 'Neg':
    case 'Exp':
    case 'LayerNormalization':
    case 'SimplifiedLayerNormalization':
    case 'SkipLayerNormalization':
    case 'SkipSimplifiedLayerNormalization':
    case 'RMSNormalization':
    case 'Gelu':
    case 'FastGelu':
    case 'BiasGelu':
    case 'Relu':
    case 'RotaryEmbedding':
      return input;
    case 'Cast':
      return { dims: input.dims, elementType: integerOf(node, 'to', 0) };
    case 'DequantizeLinear':
      return { dims: input.dims, elementType: known(second).elementType };
    case 'QuantizeLinear':
    case 'DynamicQuantizeLinear':
      return { dims: input.dims, elementType: elementTypes.uint8 };
    case 'Add':
    case 'Sub':
    case 'Mul':
    case 'Div':
    case 'Min':
    case 'Max':
    case 'Pow':
      return broadcast(node.inputs.map(known));
    case 'Where':
      return broadcast([known(node.inputs[2]), known(second)], known(first).dims);
    case 'MatMul':
    case 'FusedMatMul':
    case 'MatMulInteger': {
      const integer = node.opType === 'MatMulInteger';
      return {
        dims: productDims(node, input.dims, known(second).dims),
        elementType: integer ? elementTypes.int32 : input.elementType || known(second).elementType,
      };
    }
    case 'Gather':
      return { dims: gatheredDims(node, input.dims, known(second).dims), elementType: input.elementType };
    case 'Slice':
      return { dims: cutDims(node, input.dims, flow), elementType: input.elementType };
    case 'Expand':
      return { dims: input.dims?.map(() => undefined), elementType: input.elementType };
    case 'Unsqueeze':
      return { dims: unsqueezed(node, input.dims, flow), elementType: input.elementType };
    case 'Concat':
      return { dims: joined(node, node.inputs.map(known)), elementType: input.elementType };
    case 'Split':
      return { dims: splitDims(node, input.dims, flow), elementType: input.elementType };
    case 'Transpose':
      return { dims: transposed(node, input.dims), elementType: input.elementType };
    case 'Reshape':
      return { dims: reshaped(second ?? '', input.dims, flow), elementType: input.elementType };
    default:
      return undefined;
  }
}

function merge(declared: Dims | undefined, found: Dims | undefined): Dims | undefined {
  if (declared === undefined || found?.length !== declared.length) return declared ?? found;
  return declared.map((dim, axis) => dim ?? found[axis]);
}

function broadcast(values: readonly ValueFacts[], condition?: Dims): ValueFacts {
  const shapes = values.map(({ dims }) => dims);
  const elementType = values.find((value) => value.elementType !== 0)?.elementType ?? 0;
  const all = condition === undefined ? shapes : [...shapes, condition];
  const rank = Math.max(...all.map((dims) => dims?.length ?? 0));
  // Hidden states have three axes and scores four, and what is added to them has no more: an operand of unknown rank
  // only matters below that.
  if (rank < 3 && all.some((dims) => dims === undefined)) return { dims: undefined, elementType };
  const dims = Array.from({ length: rank }, (_, axis) => {
    const lengths = all.map((shape) => shape?.[axis - rank + shape.length]);
    return (
      lengths.find((length) => length !== undefined && length > 1) ?? sameLength(lengths, all, axis, rank)
    );
  });
  return { dims, elementType };
}

/** 1 where every operand is known to have one cell (or to lack the axis) there. */
function sameLength(
  lengths: readonly (number | undefined)[],
  shapes: readonly (Dims | undefined)[],
  axis: number,
  rank: number,
): number | undefined {
  const isOne = shapes.every(
    (shape, index) => shape !== undefined && (axis - rank + shape.length < 0 || lengths[index] === 1),
  );
  return isOne ? 1 : undefined;
}

function productDims(node: NodeProto, left: Dims | undefined, right: Dims | undefined): Dims | undefined {
  const rank = Math.max(left?.length ?? 0, right?.length ?? 0);
  if (rank < 2) return undefined;
  const batch = Array.from(
    { length: rank - 2 },
    (_, axis) =>
      left?.[axis - rank + left.length] ?? (right && right.length >= rank ? right[axis] : undefined),
  );
  const rows = integerOf(node, 'transA', 0) === 0 ? left?.at(-2) : left?.at(-1);
  const columns = integerOf(node, 'transB', 0) === 0 ? right?.at(-1) : right?.at(-2);
  return [...batch, rows, columns];
}

function gatheredDims(node: NodeProto, data: Dims | undefined, ids: Dims | undefined): Dims | undefined {
  if (data === undefined || ids === undefined) return undefined;
  const axis = integerOf(node, 'axis', 0);
  const at = axis < 0 ? axis + data.length : axis;
  return [...data.slice(0, at), ...ids, ...data.slice(at + 1)];
}

function transposed(node: NodeProto, dims: Dims | undefined): Dims | undefined {
  const order = attributeOf(node, 'perm')?.integers.map(Number);
  if (order === undefined) return dims && [...dims].reverse();
  return order.map((axis) => dims?.[axis]);
}

/** A Reshape's shape is a constant, or is put together by Concat of which some parts are constant. */
function reshaped(shape: string, dims: Dims | undefined, flow: DataFlow): Dims | undefined {
  const lengths = shapeValues(shape, flow);
  const found = lengths?.map((length, axis) => {
    if (length === 0) return dims?.[axis];
    return length === undefined || length < 0 ? undefined : length;
  });
  if (found === undefined || lengths?.at(-2) !== -1 || dims?.length !== found.length - 1) return found;
  // Heads split off as "however many": [batch, tokens, 384] to [batch, tokens, -1, 32].
  const [whole, width] = [dims.at(-1), found.at(-1)];
  const isSplit = whole !== undefined && width !== undefined && whole % width === 0;
  return isSplit ? [...found.slice(0, -2), whole / width, width] : found;
}

function unsqueezed(node: NodeProto, dims: Dims | undefined, flow: DataFlow): Dims | undefined {
  const named = flow.constant(node.inputs[1] ?? '');
  const axes =
    attributeOf(node, 'axes')?.integers.map(Number) ??
    (named === undefined ? undefined : integersOfTensor(named));
  if (dims === undefined || axes === undefined) return undefined;
  const rank = dims.length + axes.length;
  const added = new Set(axes.map((axis) => (axis < 0 ? axis + rank : axis)));
  const rest = dims.values();
  return Array.from({ length: rank }, (_, axis) => (added.has(axis) ? 1 : rest.next().value));
}

/** Of the first part, which is what queries are where queries, keys and values come in one. */
function splitDims(node: NodeProto, dims: Dims | undefined, flow: DataFlow): Dims | undefined {
  if (dims === undefined) return undefined;
  const sizes = flow.constant(node.inputs[1] ?? '');
  const first =
    attributeOf(node, 'split')?.integers.map(Number)[0] ?? (sizes && integersOfTensor(sizes)?.[0]);
  const axis = integerOf(node, 'axis', 0);
  const at = axis < 0 ? axis + dims.length : axis;
  return dims.map((dim, index) => (index === at ? first : dim));
}

/** The axes that are cut have any length. */
function cutDims(node: NodeProto, dims: Dims | undefined, flow: DataFlow): Dims | undefined {
  const named = flow.constant(node.inputs[3] ?? '');
  const axes = named && integersOfTensor(named);
  return dims?.map((dim, axis) =>
    axes === undefined || axes.includes(axis) || axes.includes(axis - dims.length) ? undefined : dim,
  );
}

function joined(node: NodeProto, parts: readonly ValueFacts[]): Dims | undefined {
  const rank = parts.find(({ dims }) => dims !== undefined)?.dims?.length;
  if (rank === undefined) return undefined;
  const axis = integerOf(node, 'axis', 0);
  const at = axis < 0 ? axis + rank : axis;
  return Array.from({ length: rank }, (_, index) => {
    if (index !== at) return parts.find(({ dims }) => dims?.[index] !== undefined)?.dims?.[index];
    const lengths = parts.map(({ dims }) => dims?.[at]);
    return lengths.every((length) => length !== undefined)
      ? lengths.reduce((sum, one) => sum + one, 0)
      : undefined;
  });
}

function shapeValues(shape: string, flow: DataFlow): readonly (number | undefined)[] | undefined {
  const constant = flow.constant(shape);
  if (constant !== undefined) return integersOfTensor(constant);
  const node = flow.producer(shape);
  if (node?.opType === 'Cast' || node?.opType === 'Identity') return shapeValues(node.inputs[0] ?? '', flow);
  if (node?.opType !== 'Concat') return undefined;
  const parts = node.inputs.map((part) => partValues(part, flow));
  return parts.every((part) => part !== undefined) ? parts.flat() : undefined;
}

/** One part of a shape: the constants it holds, or one unknown length (Unsqueeze of one gathered length). */
function partValues(part: string, flow: DataFlow): readonly (number | undefined)[] | undefined {
  const constant = flow.constant(part);
  if (constant !== undefined) return integersOfTensor(constant);
  const maker = flow.producer(part);
  if (maker?.opType !== 'Unsqueeze' && maker?.opType !== 'Reshape') {
    return maker?.opType === 'Slice' || maker?.opType === 'Concat' ? undefined : [undefined];
  }
  const inner = flow.constant(maker.inputs[0] ?? '');
  return inner === undefined ? [undefined] : integersOfTensor(inner);
}
