import type { StackName } from '../../../shared/attentionProtocol.ts';
import { LoupeError } from '../../../shared/errors.ts';
import type { CaptureRequest } from './capture.ts';
import { rowsOf } from './capture.ts';
import { floatsOf } from './graph.ts';
import type { PlacedLayer } from './maps.ts';
import { layersOf, mapOutputs } from './maps.ts';
import { fetched, runModel } from './run.ts';
import { checkPlace } from '../places.ts';

/**
 * Exact probabilities of some neighbouring layers from `stack`'s layer `first` on, as many as fit into `budget` bytes (at
 * least one), by layer: float32 [heads, queries, keys]. `request.graphs`: of an `exact` edit. Rejects with
 * `attention-place-missing` and as `runModel` does.
 */
export async function captureExact(
  request: CaptureRequest,
  stack: StackName,
  first: number,
  sizeOf: (layer: number) => number,
  budget: number,
): Promise<ReadonlyMap<number, Float32Array>> {
  const { model, graphs } = request;
  const layers = layersOf(graphs, model).get(stack) ?? [];
  checkPlace(model.description.reference, `${stack} layer`, first, layers.length);
  const wanted: PlacedLayer[] = [];
  let bytes = 0;
  for (const layer of layers.slice(first)) {
    bytes += 4 * sizeOf(layer.layer);
    if (wanted.length > 0 && bytes > budget) break;
    wanted.push(layer);
  }
  const [role] = wanted.map((layer) => layer.role);
  const names = new Set(wanted.map(({ output }) => output));
  const outputs = await runModel(
    graphs,
    rowsOf(request),
    (facts, own) =>
      own === role
        ? mapOutputs(facts, ({ output }) => names.has(output))
        : facts.outputs.slice(0, 1).map(({ name }) => name),
    model.feeds,
  );
  const tensors = role && outputs[role];
  if (!tensors) throw new LoupeError('internal', { reason: `no run gave ${stack}` });
  return new Map(wanted.map(({ layer, output }) => [layer, floatsOf(fetched(tensors, output))]));
}
