import { elementTypeNames } from './elementTypes.ts';
import type { GraphValueInfo } from './attentionGraph.ts';
import { MessageWriter, readFields, type WireField } from './wire.ts';
import { textOf } from './wireText.ts';

/** Name and type of a value. The type is kept as it was written: it may be a sequence, a map or a custom one. */
export interface ValueInfoProto {
  readonly name: string;
  /** A TypeProto. */
  readonly type: Uint8Array | undefined;
  readonly rest: readonly WireField[];
}

/** Of a tensor: element type (TensorProto.DataType, 0: not said) and dims; `undefined` dims: not even the rank is said. */
export interface TensorType {
  readonly elementType: number;
  /** A number, a symbol's name, or '' where nothing is said. */
  readonly dims: readonly (number | string)[] | undefined;
}

export function valueInfoFrom(bytes: Uint8Array): ValueInfoProto {
  let name = '';
  let type: Uint8Array | undefined;
  const rest: WireField[] = [];
  for (const field of readFields(bytes)) {
    if (field.number === 1) name = textOf(field);
    else if (field.number === 2) type = field.content;
    else rest.push(field);
  }
  return { name, type, rest };
}

export function valueInfoBytes({ name, type, rest }: ValueInfoProto): Uint8Array {
  return new MessageWriter().text(1, name).bytes(2, type).keep(rest).finish();
}

/** The declaration of a tensor. */
export function tensorValueInfo(
  name: string,
  elementType: number,
  dims: readonly (number | string)[],
): ValueInfoProto {
  const shape = new MessageWriter().messages(
    1,
    dims.map((dim) => {
      const writer = new MessageWriter();
      if (typeof dim === 'number') return writer.integer(1, dim).finish();
      return writer.text(2, dim === '' ? undefined : dim).finish();
    }),
  );
  const tensor = new MessageWriter().integer(1, elementType).bytes(2, shape.finish());
  return { name, type: new MessageWriter().bytes(1, tensor.finish()).finish(), rest: [] };
}

/** The tensor type that a declaration names; undefined where it declares none. Throws WireError. */
export function tensorTypeOf({ type }: ValueInfoProto): TensorType | undefined {
  const tensor = type && readFields(type).find(({ number }) => number === 1);
  if (tensor === undefined) return undefined;
  let elementType = 0;
  let dims: (number | string)[] | undefined;
  for (const field of readFields(tensor.content)) {
    if (field.number === 1) elementType = Number(field.value);
    if (field.number === 2) {
      dims = readFields(field.content)
        .filter(({ number }) => number === 1)
        .map(({ content }) => dimFrom(content));
    }
  }
  return { elementType, dims };
}

function dimFrom(bytes: Uint8Array): number | string {
  let dim: number | string = '';
  for (const field of readFields(bytes)) {
    if (field.number === 1) dim = Number(BigInt.asIntN(64, field.value));
    else if (field.number === 2) dim = textOf(field);
  }
  return dim;
}

/** A declaration as the rest of Loupe reads it. */
export function graphValueInfo(info: ValueInfoProto): GraphValueInfo {
  const type = tensorTypeOf(info);
  return {
    name: info.name,
    type: elementTypeNames[type?.elementType ?? 0] ?? 'unknown',
    dims: type?.dims ?? [],
  };
}
