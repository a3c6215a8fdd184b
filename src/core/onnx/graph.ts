import { attributeFrom, attributeBytes, type AttributeProto } from './attribute.ts';
import { tensorBytes, tensorFrom, type TensorProto } from './tensor.ts';
import { MessageWriter, readFields, WireError, type WireField } from './wire.ts';
import { textOf } from './wireText.ts';
import { valueInfoBytes, valueInfoFrom, type ValueInfoProto } from './valueInfo.ts';

/**
 * ONNX's messages as plain objects: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 * What is not named here is kept in `rest` and written back as it was. Writing what was read gives the same bytes, as
 * long as the file's writer put fields in ascending order (protobuf's own do).
 */
export interface ModelProto {
  readonly opsets: readonly OpsetId[];
  readonly graph: GraphProto;
  readonly functions: readonly FunctionProto[];
  readonly rest: readonly WireField[];
}

export interface OpsetId {
  /** '' is ONNX's own domain. */
  readonly domain: string | undefined;
  readonly version: bigint | undefined;
  readonly rest: readonly WireField[];
}

export interface GraphProto {
  readonly name: string | undefined;
  readonly nodes: readonly NodeProto[];
  readonly initializers: readonly TensorProto[];
  readonly inputs: readonly ValueInfoProto[];
  readonly outputs: readonly ValueInfoProto[];
  readonly valueInfos: readonly ValueInfoProto[];
  readonly rest: readonly WireField[];
}

export interface NodeProto {
  /** '' where an optional input is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly name: string | undefined;
  readonly opType: string;
  readonly domain: string | undefined;
  readonly attributes: readonly AttributeProto[];
  readonly rest: readonly WireField[];
}

/** A function that the model file itself defines; its body is kept in `rest`. */
export interface FunctionProto {
  readonly name: string;
  readonly domain: string | undefined;
  readonly nodes: readonly NodeProto[];
  readonly rest: readonly WireField[];
}

/** Subgraphs within subgraphs: deeper than this no model is, so the file is damaged or hostile. */
const deepest = 32;

/** Reads a model. Throws WireError. */
export function modelFrom(bytes: Uint8Array): ModelProto {
  const opsets: OpsetId[] = [];
  const functions: FunctionProto[] = [];
  const rest: WireField[] = [];
  let graph: GraphProto | undefined;
  for (const field of readFields(bytes)) {
    if (field.number === 7) graph = graphFrom(field.content, 0);
    else if (field.number === 8) opsets.push(opsetFrom(field.content));
    else if (field.number === 25) functions.push(functionFrom(field.content));
    else rest.push(field);
  }
  if (graph === undefined) throw new WireError('it holds no graph');
  return { opsets, graph, functions, rest };
}

export function modelBytes(model: ModelProto): Uint8Array {
  return new MessageWriter()
    .bytes(7, graphBytes(model.graph))
    .messages(8, model.opsets.map(opsetBytes))
    .messages(25, model.functions.map(functionBytes))
    .keep(model.rest)
    .finish();
}

function opsetFrom(bytes: Uint8Array): OpsetId {
  let domain: string | undefined;
  let version: bigint | undefined;
  const rest: WireField[] = [];
  for (const field of readFields(bytes)) {
    if (field.number === 1) domain = textOf(field);
    else if (field.number === 2) version = field.value;
    else rest.push(field);
  }
  return { domain, version, rest };
}

function opsetBytes({ domain, version, rest }: OpsetId): Uint8Array {
  return new MessageWriter().text(1, domain).integer(2, version).keep(rest).finish();
}

function functionFrom(bytes: Uint8Array): FunctionProto {
  let name = '';
  let domain: string | undefined;
  const nodes: NodeProto[] = [];
  const rest: WireField[] = [];
  for (const field of readFields(bytes)) {
    if (field.number === 1) name = textOf(field);
    else if (field.number === 7) nodes.push(nodeFrom(field.content, 0));
    else if (field.number === 10) domain = textOf(field);
    else rest.push(field);
  }
  return { name, domain, nodes, rest };
}

function functionBytes({ name, domain, nodes, rest }: FunctionProto): Uint8Array {
  return new MessageWriter()
    .text(1, name)
    .messages(7, nodes.map(nodeBytes))
    .text(10, domain)
    .keep(rest)
    .finish();
}

/** Reads a graph that lies `depth` subgraphs deep. Throws WireError. */
export function graphFrom(bytes: Uint8Array, depth: number): GraphProto {
  if (depth > deepest) throw new WireError(`its subgraphs lie more than ${deepest} deep`);
  let name: string | undefined;
  const nodes: NodeProto[] = [];
  const initializers: TensorProto[] = [];
  const inputs: ValueInfoProto[] = [];
  const outputs: ValueInfoProto[] = [];
  const valueInfos: ValueInfoProto[] = [];
  const rest: WireField[] = [];
  for (const field of readFields(bytes)) {
    if (field.number === 1) nodes.push(nodeFrom(field.content, depth));
    else if (field.number === 2) name = textOf(field);
    else if (field.number === 5) initializers.push(tensorFrom(field.content));
    else if (field.number === 11) inputs.push(valueInfoFrom(field.content));
    else if (field.number === 12) outputs.push(valueInfoFrom(field.content));
    else if (field.number === 13) valueInfos.push(valueInfoFrom(field.content));
    else rest.push(field);
  }
  return { name, nodes, initializers, inputs, outputs, valueInfos, rest };
}

export function graphBytes(graph: GraphProto): Uint8Array {
  return new MessageWriter()
    .messages(1, graph.nodes.map(nodeBytes))
    .text(2, graph.name)
    .messages(5, graph.initializers.map(tensorBytes))
    .messages(11, graph.inputs.map(valueInfoBytes))
    .messages(12, graph.outputs.map(valueInfoBytes))
    .messages(13, graph.valueInfos.map(valueInfoBytes))
    .keep(graph.rest)
    .finish();
}

function nodeFrom(bytes: Uint8Array, depth: number): NodeProto {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes: AttributeProto[] = [];
  const rest: WireField[] = [];
  let name: string | undefined;
  let opType = '';
  let domain: string | undefined;
  for (const field of readFields(bytes)) {
    if (field.number === 1) inputs.push(textOf(field));
    else if (field.number === 2) outputs.push(textOf(field));
    else if (field.number === 3) name = textOf(field);
    else if (field.number === 4) opType = textOf(field);
    else if (field.number === 5) attributes.push(attributeFrom(field.content, depth));
    else if (field.number === 7) domain = textOf(field);
    else rest.push(field);
  }
  return { inputs, outputs, name, opType, domain, attributes, rest };
}

function nodeBytes(node: NodeProto): Uint8Array {
  return new MessageWriter()
    .texts(1, node.inputs)
    .texts(2, node.outputs)
    .text(3, node.name)
    .text(4, node.opType)
    .messages(5, node.attributes.map(attributeBytes))
    .text(7, node.domain)
    .keep(node.rest)
    .finish();
}
