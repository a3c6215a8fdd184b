import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { AttentionEdit, EditedGraph } from '../../../src/core/onnx/attentionGraph.ts';
import type { AttributeProto } from '../../../src/core/onnx/attribute.ts';
import { editAttention } from '../../../src/core/onnx/editAttention.ts';
import { elementTypes } from '../../../src/core/onnx/elementTypes.ts';
import { modelBytes, type ModelProto, type NodeProto } from '../../../src/core/onnx/graph.ts';
import { floatTensor, int64Tensor, type TensorProto } from '../../../src/core/onnx/tensor.ts';
import { tensorValueInfo, type ValueInfoProto } from '../../../src/core/onnx/valueInfo.ts';
import { MessageWriter, readFields } from '../../../src/core/onnx/wire.ts';

/** A graph under construction, written with Loupe's own writer and run by onnxruntime. */
export class TestGraph {
  readonly nodes: NodeProto[] = [];
  readonly #weights: TensorProto[] = [];
  readonly #inputs: ValueInfoProto[] = [];
  readonly #outputs: ValueInfoProto[] = [];
  readonly #opset: number;
  readonly #irVersion: number;

  constructor(opset = 17, irVersion = 8) {
    this.#opset = opset;
    this.#irVersion = irVersion;
  }

  input(name: string, type: number, dims: readonly (number | string)[]): string {
    this.#inputs.push(tensorValueInfo(name, type, dims));
    return name;
  }

  output(name: string, dims: readonly (number | string)[], type: number = elementTypes.float): void {
    this.#outputs.push(tensorValueInfo(name, type, dims));
  }

  /** An operator (`domain.Name` outside ONNX's own domain); returns its first output, which names the node too. */
  node(
    operator: string,
    inputs: readonly string[],
    output: string,
    attributes: readonly AttributeProto[] = [],
    more: readonly string[] = [],
  ): string {
    const dot = operator.lastIndexOf('.');
    this.nodes.push({
      inputs,
      outputs: [output, ...more],
      name: `node.${output}`,
      opType: operator.slice(dot + 1),
      domain: dot < 0 ? undefined : operator.slice(0, dot),
      attributes,
      rest: [],
    });
    return output;
  }

  tensor(name: string, tensor: TensorProto): string {
    this.#weights.push({ ...tensor, name });
    return name;
  }

  weight(name: string, dims: readonly number[], values: readonly number[]): string {
    return this.tensor(name, floatTensor(dims, values));
  }

  integers(name: string, values: readonly number[]): string {
    return this.tensor(name, int64Tensor([values.length], values));
  }

  model(): ModelProto {
    const opset = (domain: string, version: number) => ({ domain, version: BigInt(version), rest: [] });
    return {
      opsets: [opset('', this.#opset), opset('com.microsoft', 1)],
      functions: [],
      graph: {
        name: 'test',
        nodes: this.nodes,
        initializers: this.#weights,
        inputs: this.#inputs,
        outputs: this.#outputs,
        valueInfos: [],
        rest: [],
      },
      rest: readFields(new MessageWriter().integer(1, this.#irVersion).finish()),
    };
  }
}

/** Folders made for tests, removed together. */
export class TestFolders {
  readonly #folders: string[] = [];

  async write(model: ModelProto | Uint8Array, name = 'model.onnx'): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'loupe-onnx-'));
    this.#folders.push(folder);
    const file = join(folder, name);
    await writeFile(file, model instanceof Uint8Array ? model : modelBytes(model));
    return file;
  }

  async remove(): Promise<void> {
    await Promise.all(this.#folders.map((folder) => rm(folder, { recursive: true })));
  }
}

export type Feeds = Readonly<Record<string, Tensor>>;
export type Results = Readonly<Record<string, Tensor>>;

/** Runs a file, or an edited graph, with all of onnxruntime's optimisations as Loupe does. */
export async function runModel(model: string | EditedGraph, feeds: Feeds): Promise<Results> {
  const quiet = { logSeverityLevel: 3 } as const;
  const session =
    typeof model === 'string'
      ? await InferenceSession.create(model, quiet)
      : await InferenceSession.create(model.model, {
          ...quiet,
          extra: { session: { model_external_initializers_file_folder_path: model.weightsFolder } },
        });
  try {
    return await session.run(feeds);
  } finally {
    await session.release();
  }
}

/** A tensor's values as plain numbers. */
export function numbers(tensor: Tensor | undefined): number[] {
  assertTensor(tensor);
  return Array.from(tensor.data as ArrayLike<number>, Number);
}

function assertTensor(tensor: Tensor | undefined): asserts tensor is Tensor {
  if (tensor === undefined) throw new Error('there is no such output');
}

export function floats(values: readonly number[], dims: readonly number[]): Tensor {
  return new Tensor('float32', Float32Array.from(values), dims);
}

export function ints(values: readonly number[], dims: readonly number[]): Tensor {
  return new Tensor('int32', Int32Array.from(values), dims);
}

/** Numbers between -1 and 1 that look random and are always the same. */
export function noise(count: number, seed = 1): number[] {
  return Array.from({ length: count }, (_, index) => {
    const value = Math.sin((index + 1) * 12.9898 + seed * 78.233) * 43758.5453;
    return 2 * (value - Math.floor(value)) - 1;
  });
}

/** The largest difference; NaN where either holds NaN. */
export function distance(one: readonly number[], other: readonly number[]): number {
  if (one.length !== other.length) return Number.POSITIVE_INFINITY;
  return one.reduce((most, value, index) => Math.max(most, Math.abs(value - other[index]!)), 0);
}

export const edits = {
  exact: { kind: 'exact' },
  bytes: { kind: 'bytes', pooling: 1 },
  gates: { kind: 'gates' },
} as const satisfies Record<string, AttentionEdit>;

export function edit(file: string, wanted: AttentionEdit): Promise<EditedGraph> {
  return editAttention(file, wanted, 'test model');
}
