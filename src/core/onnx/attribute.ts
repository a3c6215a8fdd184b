import { graphBytes, graphFrom, type GraphProto } from './graph.ts';
import { tensorBytes, tensorFrom, type TensorProto } from './tensor.ts';
import { MessageWriter, readFields, readVarint, WireError, wireTypes, type WireField } from './wire.ts';
import { integerOf, textOf } from './wireText.ts';

/** A node's attribute. Which value counts says `type`; older files leave that out. */
export interface AttributeProto {
  readonly name: string;
  readonly type: number | undefined;
  readonly float: number | undefined;
  readonly integer: bigint | undefined;
  readonly bytes: Uint8Array | undefined;
  readonly tensor: TensorProto | undefined;
  readonly graph: GraphProto | undefined;
  readonly floats: readonly number[];
  readonly integers: readonly bigint[];
  readonly graphs: readonly GraphProto[];
  readonly rest: readonly WireField[];
}

/** AttributeProto.AttributeType. */
const attributeTypes = { float: 1, integer: 2, tensor: 4, integers: 7 } as const;

const nothing = {
  float: undefined,
  integer: undefined,
  bytes: undefined,
  tensor: undefined,
  graph: undefined,
  floats: [],
  integers: [],
  graphs: [],
  rest: [],
} as const;

export function integerAttribute(name: string, value: number | bigint): AttributeProto {
  return { ...nothing, name, type: attributeTypes.integer, integer: BigInt(value) };
}

export function integersAttribute(name: string, values: readonly number[]): AttributeProto {
  return { ...nothing, name, type: attributeTypes.integers, integers: values.map((value) => BigInt(value)) };
}

export function floatAttribute(name: string, value: number): AttributeProto {
  return { ...nothing, name, type: attributeTypes.float, float: value };
}

export function tensorAttribute(name: string, value: TensorProto): AttributeProto {
  return { ...nothing, name, type: attributeTypes.tensor, tensor: value };
}

/** Reads an attribute of a node that lies `depth` subgraphs deep. Throws WireError. */
export function attributeFrom(bytes: Uint8Array, depth: number): AttributeProto {
  const floats: number[] = [];
  const integers: bigint[] = [];
  const graphs: GraphProto[] = [];
  const rest: WireField[] = [];
  let name = '';
  let type: number | undefined;
  let float: number | undefined;
  let integer: bigint | undefined;
  let text: Uint8Array | undefined;
  let tensor: TensorProto | undefined;
  let graph: GraphProto | undefined;
  for (const field of readFields(bytes)) {
    if (field.number === 1) name = textOf(field);
    else if (field.number === 2) float = floatsOf(field)[0];
    else if (field.number === 3) integer = integerOf(field);
    else if (field.number === 4) text = field.content;
    else if (field.number === 5) tensor = tensorFrom(field.content);
    else if (field.number === 6) graph = graphFrom(field.content, depth + 1);
    else if (field.number === 7) for (const value of floatsOf(field)) floats.push(value);
    else if (field.number === 8) for (const value of integersOf(field)) integers.push(value);
    else if (field.number === 11) graphs.push(graphFrom(field.content, depth + 1));
    else if (field.number === 20) type = Number(field.value);
    else rest.push(field);
  }
  return { name, type, float, integer, bytes: text, tensor, graph, floats, integers, graphs, rest };
}

export function attributeBytes(attribute: AttributeProto): Uint8Array {
  const writer = new MessageWriter()
    .text(1, attribute.name)
    .float(2, attribute.float)
    .integer(3, attribute.integer)
    .bytes(4, attribute.bytes)
    .bytes(5, attribute.tensor && tensorBytes(attribute.tensor))
    .bytes(6, attribute.graph && graphBytes(attribute.graph));
  for (const value of attribute.floats) writer.float(7, value);
  for (const value of attribute.integers) writer.integer(8, value);
  return writer
    .messages(11, attribute.graphs.map(graphBytes))
    .integer(20, attribute.type)
    .keep(attribute.rest)
    .finish();
}

/** A float field, or several packed into one. */
function floatsOf({ content }: WireField): number[] {
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  return Array.from({ length: content.length >> 2 }, (_, index) => view.getFloat32(4 * index, true));
}

/** An integer field, or several packed into one. Throws WireError. */
export function integersOf(field: WireField): bigint[] {
  if (field.wire === wireTypes.varint) return [integerOf(field)];
  const values: bigint[] = [];
  let position = 0;
  while (position < field.content.length) {
    const varint = readVarint(field.content, position);
    if (varint === undefined) throw new WireError('a list of numbers is damaged');
    values.push(BigInt.asIntN(64, varint.value));
    position = varint.end;
  }
  return values;
}
