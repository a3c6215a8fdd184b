import type { DataFlow } from './dataFlow.ts';
import type { NodeProto } from './graph.ts';
import type { GraphEdit } from './graphEdit.ts';
import type { ValueFacts } from './valueFacts.ts';

/** What finders look at. */
export interface GraphView {
  readonly flow: DataFlow;
  readonly factsOf: (value: string) => ValueFacts;
  /** Whether a value carries a mask that hides later tokens. */
  readonly isCausal: (value: string) => boolean;
  readonly opset: number;
}

/** One attention that was found in a graph and can be read. */
export interface AttentionSite {
  readonly node: NodeProto;
  /** Values that queries and keys are made of (keys: with those of a cache): where they come from decides the stack. */
  readonly queries: readonly string[];
  readonly keys: readonly string[];
  /** Whether the graph hides later tokens from earlier ones here. */
  readonly isCausal: boolean;
  readonly heads: number | undefined;
  /** Adds what is needed to have the probabilities as float32 [batch, heads, queries, keys]; returns the value's name. */
  probabilities(edit: GraphEdit): string;
  /** Multiplies each head's share by `gate`, float32 [batch, heads, 1, 1]. */
  gate(edit: GraphEdit, gate: string): void;
}

/** Why an attention-like node cannot be read. */
export interface Unreadable {
  readonly node: NodeProto;
  readonly reason: string;
}

export type Finding = AttentionSite | Unreadable;

export function isSite(finding: Finding): finding is AttentionSite {
  return 'gate' in finding;
}

/** A node's name, or what identifies it where the file gives none. */
export function nodeName(node: NodeProto): string {
  if (node.name !== undefined && node.name !== '') return node.name;
  return node.outputs.find((output) => output !== '') ?? node.opType;
}

/** Operator with its domain; ONNX's own domain is left out. */
export function operatorName({ domain, opType }: NodeProto): string {
  return domain === undefined || domain === '' || domain === 'ai.onnx' ? opType : `${domain}.${opType}`;
}
