import assert from 'node:assert/strict';
import path from 'node:path';
import { Tensor } from 'onnxruntime-node';
import type { InferenceClient } from '../../src/inference/client/inferenceClient.ts';
import type { FigureSpec, StackName } from '../../src/shared/attentionProtocol.ts';
import { largestDifference } from './attentionMaps.ts';
import type { AttentionCheck } from './attentionPython.ts';
import { readNpz } from './npz.ts';
import type { NpzArray } from './npz.ts';

const figure: FigureSpec = { view: 'overview', stack: 'encoder', theme: 'light', scale: 1, words: false };

/**
 * Lets the inference process take a text to an NPZ file, and compares that with a check of kind `text`: tokens must be
 * equal. Returns the largest difference of a weight.
 */
export async function differenceOfText(
  client: InferenceClient,
  { file: model, title: text, inputs, expected }: AttentionCheck,
  target: string | undefined,
): Promise<number> {
  const file = path.join(model, 'attention.npz');
  const source = { model, text, window: 0, generate: 0, ...(target === undefined ? {} : { target }) };
  await client.attention(source, 'export', { format: 'npz', file, overwrite: true, figure });
  const arrays = await readNpz(file);
  compareIds(arrays.get('ids'), inputs.get('input_ids'));
  if (target !== undefined) compareIds(arrays.get('target_ids'), inputs.get('decoder_input_ids'));
  const differences = [...expected].flatMap(([stack, layers]) => {
    const found = arrays.get(expected.size === 1 ? 'attention' : arrayNames[stack]);
    assert.ok(found !== undefined, `the archive has ${[...arrays.keys()].join(', ')}`);
    assert.equal(found.dtype, '<f4');
    assert.equal(found.shape[0], layers.length, `layers of ${stack}`);
    const dims = [1, ...found.shape.slice(1)];
    const size = dims.reduce((product, side) => product * side, 1);
    const weights = new Float32Array(found.bytes.buffer);
    return layers.map((layer, index) => {
      const part = new Tensor('float32', weights.subarray(index * size, (index + 1) * size), dims);
      return largestDifference(part, layer, undefined);
    });
  });
  return differences.some(Number.isNaN) ? Number.NaN : Math.max(...differences);
}

const arrayNames: Readonly<Record<StackName, string>> = {
  encoder: 'attention',
  decoder: 'decoder_attention',
  cross: 'cross_attention',
};

function compareIds(found: NpzArray | undefined, expected: Tensor | undefined): void {
  assert.ok(found !== undefined && expected !== undefined);
  const ids =
    found.dtype === '<i8' ? new BigInt64Array(found.bytes.buffer) : new Int32Array(found.bytes.buffer);
  assert.deepEqual(Array.from(ids, Number), Array.from(expected.data as BigInt64Array, Number));
}
