import { monitorEventLoopDelay } from 'node:perf_hooks';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { availableParallelism } from 'node:os';
import { classification, startLoupe } from './loupe.ts';
import { limitText, median } from './table.ts';
import type { Row } from './table.ts';
import type { Inputs } from './inputs.ts';

const repeats = 120;
const tokens = 128;

/** Warm request against raw onnxruntime on a tensor of the same size, 128 tokens, alternating; medians. */
export async function overheadRows({ root, model }: Inputs): Promise<Row[]> {
  // One word is one token: with [CLS] and [SEP] the window has exactly 128.
  const text = Array.from({ length: tokens - 2 }, () => 'film').join(' ');
  const rows: Row[] = [];
  for (const [precision, file] of [
    ['fp32', 'model.onnx'],
    ['q8', 'model_quantized.onnx'],
  ] as const) {
    const client = startLoupe(root, precision);
    const session = await InferenceSession.create(`${model}/onnx/${file}`, {
      intraOpNumThreads: availableParallelism(),
      interOpNumThreads: 1,
      extra: { session: { intra_op: { allow_spinning: '0' } } },
    });
    const feeds = rawFeeds(session.inputNames);
    const raw: number[] = [];
    const ours: number[] = [];
    for (let i = 0; i < repeats + 10; i++) {
      const first = performance.now();
      await session.run(feeds);
      const second = performance.now();
      await client.run(classification(model, text, 'interactive'));
      const third = performance.now();
      if (i < 10) continue;
      raw.push(second - first);
      ours.push(third - second);
    }
    const overhead = (median(ours) / median(raw) - 1) * 100;
    rows.push({
      what: `warm request, ${tokens} tokens, ${precision}`,
      who: 'Loupe over raw onnxruntime',
      value: `${median(ours).toFixed(2)} ms, raw ${median(raw).toFixed(2)} ms`,
      ratio: limitText(overhead, 15, '%'),
    });
    client.dispose();
    await session.release();
  }
  return rows;
}

function rawFeeds(names: readonly string[]): Record<string, Tensor> {
  const filled = (value: bigint) => new Tensor('int64', new BigInt64Array(tokens).fill(value), [1, tokens]);
  const values: Record<string, bigint> = { input_ids: 2143n, attention_mask: 1n, token_type_ids: 0n };
  return Object.fromEntries(names.map((name) => [name, filled(values[name] ?? 0n)]));
}

/** Longest event-loop stall of the calling process (the extension host's place) while 8 x 512 tokens run. */
export async function stallRows({ root, model }: Inputs): Promise<Row[]> {
  const client = startLoupe(root, 'fp32');
  const text = Array.from({ length: 510 }, () => 'film').join(' ');
  await client.run(classification(model, text, 'interactive'));
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const started = performance.now();
  await Promise.all(Array.from({ length: 8 }, () => client.run(classification(model, text, 'bulk'))));
  const seconds = (performance.now() - started) / 1000;
  delay.disable();
  client.dispose();
  return [
    {
      what: 'longest stall of the calling process',
      who: 'Loupe',
      value: `8 x 512 tokens took ${seconds.toFixed(1)} s`,
      ratio: limitText(delay.max / 1e6, 20, 'ms'),
    },
  ];
}
