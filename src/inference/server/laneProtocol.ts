/** Messages between the inference process and a lane, a worker thread that owns one onnxruntime session. */

export interface LaneData {
  readonly file: string;
  /** Threads inside one run. */
  readonly threads: number;
  /** Whether it should give way to everything else on the machine. */
  readonly background: boolean;
  /** onnxruntime's name of the execution provider to try first; the CPU is what remains. */
  readonly provider: string;
}

/** A graph input or output. `type` is onnxruntime's element type, e.g. `int64`; empty for what is no tensor. */
export interface GraphValue {
  readonly name: string;
  readonly type: string;
}

/** Row-major; `data` is transferred, so the sender loses it. */
export interface InputTensor {
  readonly name: string;
  readonly data: BigInt64Array<ArrayBuffer> | Int32Array<ArrayBuffer>;
  readonly dims: readonly [rows: number, tokens: number];
}

export interface OutputTensor {
  readonly name: string;
  readonly data: Float32Array<ArrayBuffer>;
  readonly dims: readonly number[];
}

export type LaneRequest =
  | { readonly kind: 'run'; readonly inputs: readonly InputTensor[]; readonly outputs: readonly string[] }
  | { readonly kind: 'close' };

export type LaneReply =
  | {
      readonly kind: 'ready';
      readonly inputs: readonly GraphValue[];
      readonly outputs: readonly GraphValue[];
      readonly provider: string;
      /** Why the wanted provider is not the one used. */
      readonly fallbackReason: string | undefined;
    }
  | { readonly kind: 'load-failed'; readonly reason: string }
  | { readonly kind: 'done'; readonly outputs: readonly OutputTensor[] }
  | { readonly kind: 'run-failed'; readonly reason: string };
