import type { InferenceSession } from 'onnxruntime-node';
import { Tensor } from 'onnxruntime-node';
import type {
  GraphData,
  GraphSession,
  GraphTensor,
  GraphTensors,
} from '../../../core/attention/capture/graph.ts';
import { LoupeError } from '../../../shared/errors.ts';
import { explainLoadFailure } from '../explainLoadFailure.ts';
import type { SessionSource } from '../openSession.ts';
import { openSession } from '../openSession.ts';

export interface OpenGraph extends GraphSession {
  readonly provider: string;
  release(): Promise<void>;
}

/** Loads a graph. Rejects with `model-load-failed`; `model` is for its message. */
export async function openGraph(source: SessionSource, model: string): Promise<OpenGraph> {
  try {
    const { session, provider } = await openSession(source);
    return {
      provider,
      run: (feeds, outputs) => run(session, feeds, outputs),
      release: () => session.release(),
    };
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new LoupeError(
      'model-load-failed',
      { model, reason: explainLoadFailure(reason) },
      { cause: thrown },
    );
  }
}

async function run(
  session: InferenceSession,
  feeds: GraphTensors,
  outputs: readonly string[],
): Promise<GraphTensors> {
  const tensors = Object.fromEntries(Object.entries(feeds).map(([name, feed]) => [name, toTensor(feed)]));
  const fetched = await session.run(tensors, outputs);
  return Object.fromEntries(
    // What onnxruntime hands out is memory of its own, freed with the array: kept as it is, not copied.
    Object.entries(fetched).map(([name, { type, dims, data }]) => [
      name,
      { type, dims, data: data as unknown as GraphData },
    ]),
  );
}

function toTensor({ type, dims, data }: GraphTensor): Tensor {
  // The constructor's overloads pair each type with its array, which the union here cannot show.
  const make = Tensor as unknown as new (type: string, data: GraphData, dims: readonly number[]) => Tensor;
  return new make(type, data, dims);
}
