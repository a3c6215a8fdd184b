import type { NodeProto } from './graph.ts';

/** Indices of a product's two operands, by operator. */
const products: Readonly<Partial<Record<string, readonly [number, number]>>> = {
  MatMul: [0, 1],
  MatMulInteger: [0, 1],
  MatMulIntegerToFloat: [0, 1],
  QLinearMatMul: [0, 3],
  Gemm: [0, 1],
  Einsum: [0, 1],
  FusedMatMul: [0, 1],
  TransposeMatMul: [0, 1],
};

/** The two values that a matrix product multiplies; undefined for other operators. */
export function operandsOf(node: NodeProto): readonly [string, string] | undefined {
  const indices = products[node.opType];
  const left = indices && node.inputs[indices[0]];
  const right = indices && node.inputs[indices[1]];
  return left === undefined || right === undefined ? undefined : [left, right];
}

/** Operators that scores pass between the product of queries and keys and the softmax, and the inputs that carry them. */
const carriers: Readonly<Partial<Record<string, readonly number[] | 'all'>>> = {
  Add: 'all',
  Sub: 'all',
  Mul: 'all',
  Div: 'all',
  Min: 'all',
  Max: 'all',
  Sum: 'all',
  Concat: 'all',
  Where: [1, 2],
  Clip: [0],
  Cast: [0],
  CastLike: [0],
  Reshape: [0],
  Transpose: [0],
  Squeeze: [0],
  Unsqueeze: [0],
  Flatten: [0],
  Identity: [0],
  Dropout: [0],
  QuantizeLinear: [0],
  DequantizeLinear: [0],
  DynamicQuantizeLinear: [0],
  QLinearAdd: [0, 3],
  QLinearMul: [0, 3],
  Expand: [0],
  Slice: [0],
  Split: [0],
  Pad: [0],
  Tanh: [0],
  Neg: [0],
  Trilu: [0],
};

/** Inputs through which a node hands on what the scores (or the probabilities) are; none for other operators. */
export function carriedInputs(node: NodeProto): readonly string[] {
  const which = carriers[node.opType];
  if (which === undefined) return [];
  const inputs = which === 'all' ? node.inputs : which.map((index) => node.inputs[index] ?? '');
  return inputs.filter((input) => input !== '');
}
