import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { editAttention } from '../../src/core/onnx/editAttention.ts';
import type { AttentionInputs } from './attentionInputs.ts';
import { sourceOf } from './attentionInputs.ts';
import { startLoupe } from './loupe.ts';
import { limitText, median } from './table.ts';
import type { Row } from './table.ts';

const tokens = 512;
const repeats = 15;
const mebi = 2 ** 20;

/** What attention costs: edited against plain graph, the edit, the memory of the maps. */
export async function attentionRunRows(inputs: AttentionInputs): Promise<Row[]> {
  return [
    ...(await tappedRow('BERT-base shape, fp32', join(inputs.base, 'onnx/model.onnx'), 30)),
    ...(await tappedRow('MiniLM-L6, fp32', join(inputs.model, 'onnx/model.onnx'), 70)),
    ...(await editRows(inputs)),
    ...(await heldRows(inputs)),
  ];
}

/** The graph with its maps as bytes over the file as it is, at 512 tokens, alternating; medians. */
async function tappedRow(name: string, file: string, bar: number): Promise<Row[]> {
  const graph = await editAttention(file, { kind: 'bytes', pooling: 1 }, name);
  const plain = await InferenceSession.create(file, options({}));
  const folder = { model_external_initializers_file_folder_path: graph.weightsFolder };
  const tapped = await InferenceSession.create(graph.model, options(folder));
  const feeds = Object.fromEntries(
    plain.inputNames.map((input) => {
      const value = input === 'token_type_ids' ? 0n : 1n;
      const ids = BigInt64Array.from({ length: tokens }, (_, i) =>
        input === 'input_ids' ? BigInt(5 + (i % 500)) : value,
      );
      return [input, new Tensor('int64', ids, [1, tokens])];
    }),
  );
  const [before, after]: [number[], number[]] = [[], []];
  for (let i = 0; i < repeats + 2; i++) {
    const first = performance.now();
    await plain.run(feeds);
    const second = performance.now();
    await tapped.run(feeds);
    const third = performance.now();
    if (i < 2) continue;
    before.push(second - first);
    after.push(third - second);
  }
  await plain.release();
  await tapped.release();
  return [
    {
      what: `maps of all heads, ${tokens} tokens, ${name}`,
      who: 'Loupe over the plain graph',
      value: `${median(after).toFixed(0)} ms, plain ${median(before).toFixed(0)} ms`,
      ratio: limitText((median(after) / median(before) - 1) * 100, bar, '%'),
    },
  ];
}

function options(session: Readonly<Record<string, string>>): InferenceSession.SessionOptions {
  return {
    intraOpNumThreads: availableParallelism(),
    interOpNumThreads: 1,
    logSeverityLevel: 3,
    extra: { session: { intra_op: { allow_spinning: '0' }, ...session } },
  };
}

/** Editing a file of 90 MB, alone and as the inference process tells it for the second text of a model. */
async function editRows({ root, model, text }: AttentionInputs): Promise<Row[]> {
  const file = join(model, 'onnx/model.onnx');
  const each: number[] = [];
  for (let i = 0; i < 5; i++) {
    const started = performance.now();
    await editAttention(file, { kind: 'bytes', pooling: 1 }, file);
    each.push(performance.now() - started);
  }
  const client = startLoupe(root, 'fp32');
  const words = text('model', tokens);
  await client.attention(sourceOf(model, words), 'overview', {});
  const { ms } = await client.attention(sourceOf(model, words.slice(0, 500)), 'overview', {});
  client.dispose();
  return [
    {
      what: 'edit of a model of 90 MB',
      who: 'Loupe',
      value: `longest of 5: ${Math.max(...each).toFixed(0)} ms`,
      ratio: limitText(median(each), 500, 'ms'),
    },
    {
      what: 'the same, cached',
      who: 'Loupe',
      value: `session loaded: ${ms.load === 0 ? 'no' : 'yes'}`,
      ratio: limitText(ms.edit, 20, 'ms'),
    },
  ];
}

/** Memory that the maps of a text of BERT-base's shape take, and how long a new text takes, from request to overview. */
async function heldRows({ root, base, text }: AttentionInputs): Promise<Row[]> {
  const client = startLoupe(root, 'fp32');
  await client.attention(sourceOf(base, text('bert-base', 64)), 'overview', {});
  const rows: Row[] = [];
  for (const count of [tokens, 2048]) {
    const started = performance.now();
    const overview = await client.attention(sourceOf(base, text('bert-base', count)), 'overview', {});
    const ms = performance.now() - started;
    const pooled = overview.pooling > 1 ? `, pooled ${overview.pooling} x ${overview.pooling}` : '';
    const held = overview.bytes / mebi;
    rows.push({
      what: `maps held, ${count} tokens, BERT-base shape`,
      who: 'Loupe',
      value: `overview after ${ms.toFixed(0)} ms, of which the run ${overview.ms.run.toFixed(0)} ms${pooled}`,
      ratio: count === tokens ? limitText(held, 40, 'MB') : `${held.toFixed(1)} MB`,
    });
  }
  client.dispose();
  return rows;
}
