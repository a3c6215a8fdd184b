import type { StackName } from '../../shared/attentionProtocol.ts';

/** One attention of a graph, in the order of the graph's data flow. */
export interface AttentionLayer {
  readonly stack: StackName;
  /** Position within its stack, from 0. */
  readonly layer: number;
  /** The graph node that computes (or fuses) the softmax, and its operator with domain, e.g. `com.microsoft.GroupQueryAttention`. */
  readonly node: string;
  readonly operator: string;
  /** Name of the graph output with the probabilities: float32 [batch, heads, queries, keys] or, of kind `bytes`, uint8. */
  readonly output: string;
  /** Of kind `bytes`: float32 [batch, heads, queries, 1], the rows' largest weights. Else undefined. */
  readonly scales: string | undefined;
  /** Heads where the graph's shapes or attributes tell; else undefined (the run tells). */
  readonly heads: number | undefined;
}

/** An attention-like node that cannot be read, and why. */
export interface SkippedAttention {
  readonly node: string;
  readonly operator: string;
  readonly reason: string;
}

export interface GraphValueInfo {
  readonly name: string;
  /** onnxruntime-node's element type, e.g. `int64`, `float32`. */
  readonly type: string;
  /** A number, or the symbol's name, or '' where the file says nothing. */
  readonly dims: readonly (number | string)[];
}

/**
 * What to add to a graph.
 * `exact`: probabilities as float32. `bytes`: as uint8 with a scale per row (row maximum); pooled by `pooling` (a mean
 * over pooling x pooling cells, before the scale) when that is above 1. `gates`: no maps; instead an input
 * `loupe.gates.<stack>` float32 [batch, layers, heads] per stack that multiplies each head's probabilities (1: on, 0: off).
 */
export type AttentionEdit =
  | { readonly kind: 'exact' }
  | { readonly kind: 'bytes'; readonly pooling: number }
  | { readonly kind: 'gates' };

/** An edited graph without weights: they stay in the original file, which is never copied or changed. */
export interface EditedGraph {
  /** A ModelProto whose initializers above 1 KB name byte ranges of the original file (ONNX external data). */
  readonly model: Uint8Array;
  /** Folder that those file names are relative to: onnxruntime's session option `session.model_external_initializers_file_folder_path`. */
  readonly weightsFolder: string;
  readonly layers: readonly AttentionLayer[];
  readonly skipped: readonly SkippedAttention[];
  readonly inputs: readonly GraphValueInfo[];
  /** Outputs that the original has. */
  readonly outputs: readonly GraphValueInfo[];
}
