// Entry of a lane: a worker thread that owns one onnxruntime session, because `run()` blocks the thread it is called on.
import os from 'node:os';
import type { MessagePort } from 'node:worker_threads';
import { parentPort, workerData } from 'node:worker_threads';
import type { InferenceSession, OnnxValue } from 'onnxruntime-node';
import { Tensor } from 'onnxruntime-node';
import { float16ToFloat32 } from '../../core/models/float16.ts';
import type {
  GraphValue,
  InputTensor,
  LaneData,
  LaneReply,
  LaneRequest,
  OutputTensor,
} from './laneProtocol.ts';
import { openSession } from './openSession.ts';

async function main(port: MessagePort): Promise<void> {
  const reply = (message: LaneReply, transfer: readonly ArrayBuffer[] = []): void =>
    port.postMessage(message, transfer);
  const lane = workerData as LaneData;
  if (lane.background) giveWay();
  try {
    const { session, provider, fallbackReason } = await openSession({ ...lane, graph: lane.file });
    port.on('message', (request: LaneRequest) => {
      void serve(session, request);
    });
    reply({
      kind: 'ready',
      inputs: session.inputMetadata.map(describeValue),
      outputs: session.outputMetadata.map(describeValue),
      provider,
      fallbackReason,
    });
  } catch (thrown) {
    reply({ kind: 'load-failed', reason: reasonOf(thrown) });
  }

  async function serve(session: InferenceSession, request: LaneRequest): Promise<void> {
    if (request.kind === 'close') {
      await session.release();
      port.close();
      return;
    }
    try {
      const outputs = await run(session, request.inputs, request.outputs);
      reply(
        { kind: 'done', outputs },
        outputs.map(({ data }) => data.buffer),
      );
    } catch (thrown) {
      reply({ kind: 'run-failed', reason: reasonOf(thrown) });
    }
  }
}

/**
 * Bulk lanes keep every core busy for as long as it takes; the editor must not feel it. Linux alone has priorities per
 * thread: elsewhere this would slow the whole process down, interactive work too.
 */
function giveWay(): void {
  if (process.platform === 'linux') os.setPriority(os.constants.priority.PRIORITY_BELOW_NORMAL);
}

async function run(
  session: InferenceSession,
  inputs: readonly InputTensor[],
  outputs: readonly string[],
): Promise<readonly OutputTensor[]> {
  const feeds = Object.fromEntries(inputs.map((input) => [input.name, toTensor(input)]));
  const fetched = await session.run(feeds, outputs);
  return Object.entries(fetched).map(([name, value]) => ({
    name,
    data: toFloat32(value),
    dims: value.dims,
  }));
}

function toTensor({ data, dims }: InputTensor): Tensor {
  return data instanceof BigInt64Array ? new Tensor('int64', data, dims) : new Tensor('int32', data, dims);
}

/** A copy of its own: onnxruntime owns the tensor's memory, and only memory of V8's own may be transferred. */
function toFloat32(value: OnnxValue): Float32Array<ArrayBuffer> {
  const { data, type } = value;
  if (data instanceof Float32Array || data instanceof Float64Array) return Float32Array.from(data);
  if (type === 'float16')
    // Node 24 has Float16Array, and onnxruntime uses it where it is; older versions get the bits.
    return data instanceof Uint16Array ? float16ToFloat32(data) : Float32Array.from(data as Iterable<number>);
  throw new TypeError(`an output is of type ${type}, not floating point`);
}

function describeValue(value: InferenceSession.ValueMetadata): GraphValue {
  return { name: value.name, type: value.isTensor ? value.type : '' };
}

function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

if (!parentPort) throw new Error('A lane runs as a worker thread only.');
void main(parentPort);
