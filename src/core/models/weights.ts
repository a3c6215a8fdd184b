import { LoupeError } from '../../shared/errors.ts';
import type { Precision } from '../../shared/inferenceProtocol.ts';
import type { TaskWarning } from '../../shared/taskProtocol.ts';
import type { LocalModel, ModelWeights } from './modelDescription.ts';

type WeightPrecision = ModelWeights['precision'];

/** What stands in for a precision that is not there: the nearest in size first. */
const substitutes: Readonly<Record<WeightPrecision, readonly WeightPrecision[]>> = {
  fp32: ['fp32', 'fp16', 'q8', 'q4'],
  fp16: ['fp16', 'fp32', 'q8', 'q4'],
  q8: ['q8', 'fp32', 'fp16', 'q4'],
  q4: ['q4', 'q8', 'fp16', 'fp32'],
};

/** Precisions in the order in which they are wanted: `auto` is q8 on a CPU, where it is fastest, and fp32 elsewhere. */
export function preferredPrecisions(precision: Precision, device: string): readonly WeightPrecision[] {
  if (precision !== 'auto') return substitutes[precision];
  return substitutes[device === 'cpu' ? 'q8' : 'fp32'];
}

/**
 * The weights to load on `device`. A precision that was asked for and is not there is replaced by the nearest, with the
 * warning `precision-fallback`; `auto` never warns. Throws LoupeError `model-no-onnx` for a model without weights.
 */
export function chooseWeights(
  model: LocalModel,
  precision: Precision,
  device: string,
): { readonly weights: ModelWeights; readonly warnings: readonly TaskWarning[] } {
  const order = preferredPrecisions(precision, device);
  const weights = order
    .map((wanted) => model.weights.find((candidate) => candidate.precision === wanted))
    .find((candidate) => candidate !== undefined);
  if (weights === undefined)
    throw new LoupeError('model-no-onnx', { directory: model.description.directory });
  if (precision === 'auto' || weights.precision === precision) return { weights, warnings: [] };
  const details = { model: model.description.reference, wanted: precision, used: weights.precision };
  return { weights, warnings: [{ code: 'precision-fallback', details }] };
}
