import { integersOf } from './attribute.ts';
import { elementTypes } from './elementTypes.ts';
import { MessageWriter, readFields, wireTypes, type WireField } from './wire.ts';
import { textOf } from './wireText.ts';

/** A tensor. Its values lie in `raw`, in a typed list (kept in `rest`), or outside: see `external`. */
export interface TensorProto {
  readonly name: string | undefined;
  readonly dims: readonly number[];
  /** TensorProto.DataType. */
  readonly dataType: number;
  /** Little-endian values, row-major. */
  readonly raw: Uint8Array | undefined;
  /** Keys `location`, `offset`, `length`, `checksum`: where the values lie when `dataLocation` is external. */
  readonly external: readonly ExternalEntry[];
  readonly dataLocation: number | undefined;
  readonly rest: readonly WireField[];
}

export interface ExternalEntry {
  readonly key: string;
  readonly value: string;
}

/** TensorProto.DataLocation EXTERNAL. */
export const externalLocation = 1;

/** Fields of TensorProto that hold values. */
export const tensorFields = {
  dims: 1,
  dataType: 2,
  floats: 4,
  int32s: 5,
  int64s: 7,
  name: 8,
  raw: 9,
  doubles: 10,
  external: 13,
  location: 14,
} as const;

export function tensorFrom(bytes: Uint8Array): TensorProto {
  const dims: number[] = [];
  const external: ExternalEntry[] = [];
  const rest: WireField[] = [];
  let name: string | undefined;
  let dataType = 0;
  let raw: Uint8Array | undefined;
  let dataLocation: number | undefined;
  for (const field of readFields(bytes)) {
    if (field.number === tensorFields.dims) for (const dim of integersOf(field)) dims.push(Number(dim));
    else if (field.number === tensorFields.dataType) dataType = Number(field.value);
    else if (field.number === tensorFields.name) name = textOf(field);
    else if (field.number === tensorFields.raw) raw = field.content;
    else if (field.number === tensorFields.external) external.push(externalFrom(field.content));
    else if (field.number === tensorFields.location) dataLocation = Number(field.value);
    else rest.push(field);
  }
  return { name, dims, dataType, raw, external, dataLocation, rest };
}

export function tensorBytes(tensor: TensorProto): Uint8Array {
  const writer = new MessageWriter();
  for (const dim of tensor.dims) writer.integer(tensorFields.dims, dim);
  return writer
    .integer(tensorFields.dataType, tensor.dataType)
    .text(tensorFields.name, tensor.name)
    .bytes(tensorFields.raw, tensor.raw)
    .messages(tensorFields.external, tensor.external.map(externalBytes))
    .integer(tensorFields.location, tensor.dataLocation)
    .keep(tensor.rest)
    .finish();
}

function externalFrom(bytes: Uint8Array): ExternalEntry {
  let key = '';
  let value = '';
  for (const field of readFields(bytes)) {
    if (field.number === 1) key = textOf(field);
    else if (field.number === 2) value = textOf(field);
  }
  return { key, value };
}

export function externalBytes({ key, value }: ExternalEntry): Uint8Array {
  return new MessageWriter().text(1, key).text(2, value).finish();
}

/** A tensor of int64 values; dims [] is a scalar. */
export function int64Tensor(dims: readonly number[], values: readonly number[]): TensorProto {
  const raw = new DataView(new ArrayBuffer(8 * values.length));
  values.forEach((value, index) => raw.setBigInt64(8 * index, BigInt(value), true));
  return rawTensor(elementTypes.int64, dims, new Uint8Array(raw.buffer));
}

/** A tensor of float32 values; dims [] is a scalar. */
export function floatTensor(dims: readonly number[], values: readonly number[]): TensorProto {
  const raw = new DataView(new ArrayBuffer(4 * values.length));
  values.forEach((value, index) => raw.setFloat32(4 * index, value, true));
  return rawTensor(elementTypes.float, dims, new Uint8Array(raw.buffer));
}

/** A tensor of little-endian values. */
export function rawTensor(dataType: number, dims: readonly number[], raw: Uint8Array): TensorProto {
  return { name: undefined, dims, dataType, raw, external: [], dataLocation: undefined, rest: [] };
}

/**
 * The integers of a small tensor that lies in the graph itself (shapes, axes, indices). Undefined for other types and
 * for values that lie outside. Throws WireError.
 */
export function integersOfTensor(tensor: TensorProto): readonly number[] | undefined {
  const wide = tensor.dataType === elementTypes.int64;
  if ((!wide && tensor.dataType !== elementTypes.int32) || tensor.dataLocation === externalLocation)
    return undefined;
  if (tensor.raw !== undefined) {
    const view = new DataView(tensor.raw.buffer, tensor.raw.byteOffset, tensor.raw.byteLength);
    return Array.from({ length: tensor.raw.length / (wide ? 8 : 4) }, (_, index) =>
      wide ? Number(view.getBigInt64(8 * index, true)) : view.getInt32(4 * index, true),
    );
  }
  const list = wide ? tensorFields.int64s : tensorFields.int32s;
  return tensor.rest
    .filter(({ number }) => number === list)
    .flatMap((field) => integersOf(field).map(Number));
}

/** Whether a tensor's list field holds its values as contiguous little-endian bytes, as raw data does. */
export function isContiguous(field: { readonly number: number; readonly wire: number }): boolean {
  if (field.wire !== wireTypes.bytes) return false;
  return (
    field.number === tensorFields.raw ||
    field.number === tensorFields.floats ||
    field.number === tensorFields.doubles
  );
}
