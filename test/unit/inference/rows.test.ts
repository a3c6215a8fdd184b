import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { quantizesDynamically } from '../../../src/inference/server/dynamicQuantization.ts';
import { explainLoadFailure } from '../../../src/inference/server/explainLoadFailure.ts';
import { float16ToFloat32 } from '../../../src/core/models/float16.ts';
import { packRows, splitRows } from '../../../src/inference/server/packRows.ts';
import { windowOf } from './windows.ts';

const int64 = (name: string) => ({ name, type: 'int64' });

describe('rows to tensors and back', () => {
  const rows = [windowOf(7, 8, 9), windowOf(5)];

  it('gives a graph only the inputs it has, padded and masked', () => {
    const inputs = packRows(rows, [int64('attention_mask'), int64('input_ids')]);
    assert.deepEqual(inputs, [
      { name: 'attention_mask', data: BigInt64Array.of(1n, 1n, 1n, 1n, 0n, 0n), dims: [2, 3] },
      { name: 'input_ids', data: BigInt64Array.of(7n, 8n, 9n, 5n, 0n, 0n), dims: [2, 3] },
    ]);
  });

  it('gives int32 to a graph that wants it, and the sequence of a pair', () => {
    const pair = { ...windowOf(7, 8), typeIds: Uint8Array.of(0, 1) };
    const [input] = packRows([pair], [{ name: 'token_type_ids', type: 'int32' }]);
    assert.deepEqual(input?.data, Int32Array.of(0, 1));
  });

  it('cuts the padding off outputs per token', () => {
    const data = Float32Array.of(1, 2, 3, 4, 0, 0);
    const [first, second] = splitRows(rows, [{ name: 'start_logits', data, dims: [2, 3] }], true);
    assert.deepEqual(first, { start_logits: { data: Float32Array.of(1, 2, 3), dims: [3] } });
    assert.deepEqual(second, { start_logits: { data: Float32Array.of(4), dims: [1] } });
  });

  it('cuts the padding off labels per token', () => {
    const data = Float32Array.from({ length: 12 }, (_, index) => index);
    const [first, second] = splitRows(rows, [{ name: 'logits', data, dims: [2, 3, 2] }], true);
    assert.deepEqual(first?.['logits'], { data: Float32Array.of(0, 1, 2, 3, 4, 5), dims: [3, 2] });
    assert.deepEqual(second?.['logits'], { data: Float32Array.of(6, 7), dims: [1, 2] });
  });

  it('leaves labels whole that are as many as the padded tokens', () => {
    const data = Float32Array.of(1, 2, 3, 4, 5, 6);
    const [, second] = splitRows(rows, [{ name: 'logits', data, dims: [2, 3] }], false);
    assert.deepEqual(second?.['logits'], { data: Float32Array.of(4, 5, 6), dims: [3] });
  });
});

describe('float16 outputs', () => {
  it('are read as IEEE 754 half precision: zeros, subnormals, infinities', () => {
    const bits = Uint16Array.of(
      0x3c00,
      0xc000,
      0x3555,
      0x7bff,
      0x0001,
      0x03ff,
      0x0400,
      0x8000,
      0x7c00,
      0xfc00,
    );
    const expected = [
      1,
      -2,
      0.333251953125,
      65504,
      2 ** -24,
      1023 * 2 ** -24,
      2 ** -14,
      -0,
      Infinity,
      -Infinity,
    ];
    assert.deepEqual([...float16ToFloat32(bits)], expected);
    assert.ok(Number.isNaN(float16ToFloat32(Uint16Array.of(0x7e00))[0]));
  });
});

describe('graphs that quantise while they run', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'loupe-scan-'));
  });
  after(() => rm(folder, { recursive: true }));

  async function scan(bytes: Buffer): Promise<boolean> {
    const file = path.join(folder, 'graph.onnx');
    await writeFile(file, bytes);
    return quantizesDynamically(file);
  }

  it('are known by their operation, wherever in the file it stands', async () => {
    const name = Buffer.from('DynamicQuantizeLinear');
    const megabyte = 1 << 20;
    for (const before of [0, 100, megabyte - 5, 2 * megabyte - 20])
      assert.equal(
        await scan(Buffer.concat([Buffer.alloc(before, 1), name, Buffer.alloc(9)])),
        true,
        `${before}`,
      );
  });

  it('are not taken for those that were quantised before', async () => {
    assert.equal(await scan(Buffer.from('QuantizeLinear DequantizeLinear MatMulNBits'.repeat(99))), false);
    assert.equal(await scan(Buffer.alloc(0)), false);
  });
});

describe('reasons not to load', () => {
  it('are put in words a person can use, and onnxruntime’s own words stay', () => {
    for (const [reason, words] of [
      ['Load model from a.onnx failed:Protobuf parsing failed.', 'damaged or incomplete'],
      ['GetFileContent: open file "m.onnx_data" failed', 'external data'],
      ['Unsupported model IR version: 99, max supported IR version: 11', 'newer onnxruntime'],
      ['Fatal error: x:Foo(1) is not a registered function/op', 'an operation'],
      ['std::bad_alloc', 'not enough free memory'],
    ] as const) {
      const explained = explainLoadFailure(reason);
      assert.ok(explained.includes(words) && explained.includes(reason), explained);
    }
    assert.equal(explainLoadFailure('something else'), 'something else');
  });
});
