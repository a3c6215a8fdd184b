import assert from 'node:assert/strict';
import { InferenceSession } from 'onnxruntime-node';
import type { Tensor } from 'onnxruntime-node';
import type { AttentionEdit, EditedGraph } from '../../src/core/onnx/attentionGraph.ts';
import { editAttention } from '../../src/core/onnx/editAttention.ts';
import type { StackName } from '../../src/shared/attentionProtocol.ts';
import type { AttentionCheck } from './attentionPython.ts';

/** A file with its attention as outputs, open. */
export interface TappedModel {
  readonly graph: EditedGraph;
  /** All outputs, those of the original too. */
  run(check: AttentionCheck): Promise<InferenceSession.ReturnType>;
  release(): Promise<void>;
}

/** Edits and opens a file as the inference process does: weights stay where they are. */
export async function openTapped(file: string, edit: AttentionEdit): Promise<TappedModel> {
  const graph = await editAttention(file, edit, file);
  const session = await InferenceSession.create(graph.model, {
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
    extra: { session: { model_external_initializers_file_folder_path: graph.weightsFolder } },
  });
  return {
    graph,
    run: ({ inputs }) =>
      session.run(
        Object.fromEntries(
          session.inputNames.map((name) => {
            const tensor = inputs.get(name);
            assert.ok(tensor !== undefined, `the reference has no ${name}`);
            return [name, tensor];
          }),
        ),
      ),
    release: () => session.release(),
  };
}

/**
 * Rows (of the last axis) that count, as [index of the first number, how many]. Only maps [batch, heads, queries, keys] have
 * `rows` [batch, queries].
 */
function* rowsOf({ dims }: Tensor, rows: Tensor | undefined): Generator<readonly [number, number]> {
  const width = dims.at(-1) ?? 0;
  const [, heads = 1, queries = 1] = dims;
  const count = dims.slice(0, -1).reduce((product, side) => product * side, 1);
  for (let row = 0; row < count; row++) {
    const query = Math.floor(row / (heads * queries)) * queries + (row % queries);
    if (rows === undefined || rows.data[query] !== 0n) yield [row * width, width];
  }
}

/** Largest difference of any number that counts. The shapes must be equal. */
export function largestDifference(found: Tensor, expected: Tensor, rows: Tensor | undefined): number {
  assert.equal(found.type, 'float32');
  assert.deepEqual([...found.dims], [...expected.dims]);
  const [ours, theirs] = [found.data as Float32Array, expected.data as Float32Array];
  let largest = 0;
  for (const [start, count] of rowsOf(expected, rows)) {
    for (let i = start; i < start + count; i++) {
      const difference = Math.abs((ours[i] ?? Number.NaN) - (theirs[i] ?? Number.NaN));
      if (!(difference <= largest)) largest = difference;
      if (Number.isNaN(difference)) return Number.NaN;
    }
  }
  return largest;
}

/** Largest error of any weight that was kept as a byte, as a share of its row's largest weight. */
export function largestByteError(
  cells: Tensor,
  scales: Tensor,
  expected: Tensor,
  rows: Tensor | undefined,
): number {
  assert.equal(cells.type, 'uint8');
  assert.deepEqual([...cells.dims], [...expected.dims]);
  assert.deepEqual([...scales.dims], [...expected.dims.slice(0, 3), 1]);
  let largest = 0;
  for (const [start, count] of rowsOf(expected, rows)) {
    const weights = (expected.data as Float32Array).subarray(start, start + count);
    const most = Math.max(...weights);
    const scale = (scales.data as Float32Array)[start / count] ?? Number.NaN;
    weights.forEach((weight, i) => {
      const error = Math.abs((((cells.data as Uint8Array)[start + i] ?? 0) / 255) * scale - weight) / most;
      if (!(error <= largest)) largest = error;
    });
    if (Number.isNaN(largest)) break;
  }
  return largest;
}

/** The graph's layers of a stack, in order; their numbers must be 0, 1, 2 and so on. */
export function layersOf({ layers }: EditedGraph, stack: StackName): EditedGraph['layers'] {
  const found = layers.filter((layer) => layer.stack === stack);
  assert.deepEqual(
    found.map(({ layer }) => layer),
    found.map((_, index) => index),
  );
  return found;
}
