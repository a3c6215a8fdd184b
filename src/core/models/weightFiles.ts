import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { ModelPurpose, ModelWeights } from './modelDescription.ts';

type WeightPrecision = ModelWeights['precision'];

/**
 * What transformers.js puts before `.onnx` for a precision (src/utils/dtypes.js, DEFAULT_DTYPE_SUFFIX_MAPPING); of
 * several with the same precision the first is taken.
 */
const suffixes: readonly (readonly [suffix: string, precision: WeightPrecision])[] = [
  ['', 'fp32'],
  ['_fp16', 'fp16'],
  ['_quantized', 'q8'],
  ['_int8', 'q8'],
  ['_uint8', 'q8'],
  ['_q4', 'q4'],
  ['_q4f16', 'q4'],
  ['_bnb4', 'q4'],
];

export interface WeightPath {
  readonly path: string;
  readonly precision: WeightPrecision;
  /** The encoder beside a decoder, where the two have files of their own. */
  readonly encoder?: string;
}

/** Names of graphs, best first, and of the encoder beside them: optimum's exports as transformers.js loads them. */
const graphNames: Readonly<Record<ModelPurpose, readonly (readonly [graph: string, encoder?: string])[]>> = {
  task: [['model']],
  attention: [
    ['model'],
    ['decoder_model', 'encoder_model'],
    ['decoder_model_merged', 'encoder_model'],
    // A causal language model, as optimum wrote it before 1.14.
    ['decoder_model'],
    ['decoder_model_merged'],
  ],
};

/** Paths inside a model folder, with `/`, where weights of a precision may be; best first. */
export function weightPaths(purpose: ModelPurpose): readonly WeightPath[] {
  return graphNames[purpose].flatMap(([graph, encoder]) =>
    ['onnx/', ''].flatMap((folder) =>
      suffixes.map(([suffix, precision]) => ({
        path: `${folder}${graph}${suffix}.onnx`,
        precision,
        ...(encoder !== undefined && { encoder: `${folder}${encoder}${suffix}.onnx` }),
      })),
    ),
  );
}

/** Of the files of a model folder (paths with `/`): the weights, one per precision, each with its external data. */
export function pickWeights(
  files: readonly string[],
  purpose: ModelPurpose = 'task',
): readonly {
  readonly precision: WeightPrecision;
  readonly file: string;
  readonly encoder: string | undefined;
  readonly data: readonly string[];
}[] {
  const present = new Set(files);
  const hasEncoder = files.some((file) => /(?:^|\/)encoder_model[^/]*\.onnx$/.test(file));
  const isWhole = ({ path: graph, encoder }: WeightPath): boolean => {
    if (!present.has(graph)) return false;
    // A decoder beside an encoder of another precision is half a model.
    return encoder === undefined ? !(hasEncoder && /decoder_model[^/]*$/.test(graph)) : present.has(encoder);
  };
  const found = new Map<WeightPrecision, WeightPath>();
  for (const candidate of weightPaths(purpose))
    if (!found.has(candidate.precision) && isWhole(candidate)) found.set(candidate.precision, candidate);
  return [...found].map(([precision, { path: file, encoder }]) => ({
    precision,
    file,
    encoder,
    data: files.filter(
      (other) => isExternalData(other, file) || (encoder !== undefined && isExternalData(other, encoder)),
    ),
  }));
}

/**
 * Whether `other` holds tensors of `file`: `model.onnx_data`, `model.onnx_data_1` (optimum, transformers.js) or
 * `model.onnx.data` (torch.onnx).
 */
export function isExternalData(other: string, file: string): boolean {
  if (!other.startsWith(file)) return false;
  return /^(?:_data(?:_\d+)?|\.data)$/.test(other.slice(file.length));
}

/** Weights that are pickles: opening one runs whatever code it holds. Names by PyTorch, Lightning and scikit-learn. */
export function isPickle(file: string): boolean {
  const name = path.posix.basename(file).toLowerCase();
  return (
    /^(?:pytorch_model.*|adapter_model|model)\.bin$/.test(name) ||
    /\.(?:pt|pth|ckpt|pkl|pickle|joblib)$/.test(name)
  );
}

export function isSafetensors(file: string): boolean {
  return file.toLowerCase().endsWith('.safetensors');
}

/** Bytes of files in `directory` together. */
export async function totalBytes(directory: string, files: readonly string[]): Promise<number> {
  const sizes = await Promise.all(files.map(async (file) => (await stat(path.join(directory, file))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
