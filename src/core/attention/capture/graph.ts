import type { EditedGraph } from '../../onnx/attentionGraph.ts';
import { float16ToFloat32 } from '../../models/float16.ts';

/** What tensors hold: element types by onnxruntime's names and the arrays they come in. */
export type GraphData =
  | Float32Array
  | Float64Array
  | Uint16Array
  | Uint8Array
  | Int32Array
  | BigInt64Array
  /** Float16Array, where Node has it. */
  | ArrayLike<number>;

/** Row-major. */
export interface GraphTensor {
  /** onnxruntime-node's name, e.g. `float32`, `int64`, `bool`. */
  readonly type: string;
  readonly dims: readonly number[];
  readonly data: GraphData;
}

export type GraphTensors = Readonly<Record<string, GraphTensor>>;

/** A loaded graph. Where it runs, and with which library, is not core's business. */
export interface GraphSession {
  /** Rejects with onnxruntime's own error. */
  run(feeds: GraphTensors, outputs: readonly string[]): Promise<GraphTensors>;
}

/** What is known of an edited graph once its bytes are loaded. */
export type GraphFacts = Omit<EditedGraph, 'model' | 'weightsFolder'>;

export interface TappedGraph {
  readonly facts: GraphFacts;
  readonly session: GraphSession;
}

/** A model's graphs. `encoder` where an encoder-decoder is in two files; `main` is then the decoder. */
export interface ModelGraphs {
  readonly main: TappedGraph;
  readonly encoder: TappedGraph | undefined;
}

/** A floating point tensor's values. Throws TypeError for any other type. */
export function floatsOf(tensor: GraphTensor): Float32Array {
  const { data, type } = tensor;
  if (data instanceof Float32Array) return data;
  if (data instanceof Float64Array) return Float32Array.from(data);
  if (type === 'float16')
    // Node 24 has Float16Array, and onnxruntime uses it where it is; older versions get the bits.
    return data instanceof Uint16Array
      ? float16ToFloat32(data)
      : Float32Array.from(data as ArrayLike<number>);
  throw new TypeError(`a tensor is of type ${type}, not floating point`);
}
