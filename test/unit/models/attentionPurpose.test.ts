import assert from 'node:assert/strict';
import path from 'node:path';
import { readModelFolder } from '../../../src/core/models/folder.ts';
import { pickWeights } from '../../../src/core/models/weightFiles.ts';
import { HubFixture, rejects } from './hubFixture.ts';
import { bertConfig, modelFiles, onnxBytes, temporaryFolders, writeFolder } from './modelFolders.ts';

const t5Config = { model_type: 't5', architectures: ['T5ForConditionalGeneration'] };
const halves = {
  'config.json': t5Config,
  'onnx/model_quantized.onnx': undefined,
  'onnx/encoder_model.onnx': onnxBytes(),
  'onnx/decoder_model.onnx': onnxBytes(),
  'onnx/decoder_model_merged.onnx': onnxBytes(),
};

describe('a model opened for its attention', () => {
  const folders = temporaryFolders();
  const hub = new HubFixture();
  beforeEach(() => hub.setUp());
  afterEach(async () => {
    await hub.tearDown();
    await folders.removeAll();
  });

  async function folder(changes: Parameters<typeof modelFiles>[0]): Promise<string> {
    return writeFolder(path.join(await folders.make(), 'model'), modelFiles(changes));
  }

  it('may have any head of a text model, which the tasks refuse', async () => {
    const masked = { ...bertConfig, architectures: ['BertForMaskedLM'] };
    const directory = await folder({ 'config.json': masked });
    await rejects(readModelFolder(directory, 'm'), 'model-architecture-unsupported');
    const { description } = await readModelFolder(directory, 'm', 'attention');
    assert.equal(description.task, undefined);
  });

  it('is still refused when it wants more than text', async () => {
    const whisper = { model_type: 'whisper', architectures: ['WhisperForConditionalGeneration'] };
    const directory = await folder({ 'config.json': whisper });
    await rejects(readModelFolder(directory, 'm', 'attention'), 'model-architecture-unsupported');
  });

  it('may be an encoder and a decoder in files of their own', async () => {
    const directory = await folder(halves);
    await rejects(readModelFolder(directory, 'm'), 'model-architecture-unsupported');
    const { weights } = await readModelFolder(directory, 'm', 'attention');
    assert.deepEqual(weights, [
      {
        precision: 'fp32',
        file: path.join(directory, 'onnx/decoder_model.onnx'),
        encoder: path.join(directory, 'onnx/encoder_model.onnx'),
        bytes: 2 * onnxBytes().length,
      },
    ]);
  });

  it('takes both halves in one precision, with their external data', () => {
    const files = [
      'onnx/decoder_model.onnx',
      'onnx/decoder_model_quantized.onnx',
      'onnx/encoder_model_quantized.onnx',
      'onnx/encoder_model_quantized.onnx_data',
    ];
    assert.deepEqual(pickWeights(files), []);
    const [q8, ...others] = pickWeights(files, 'attention');
    assert.deepEqual(q8, {
      precision: 'q8',
      file: 'onnx/decoder_model_quantized.onnx',
      encoder: 'onnx/encoder_model_quantized.onnx',
      data: ['onnx/encoder_model_quantized.onnx_data'],
    });
    // A decoder beside an encoder of another precision is half a model; alone it is a language model.
    assert.deepEqual(others, []);
    assert.equal(pickWeights(files.slice(0, 1), 'attention')[0]?.encoder, undefined);
    assert.equal(pickWeights(files.slice(0, 1), 'attention').length, 1);
  });

  for (const [from, api] of [
    ['the hub', true],
    ['a plain mirror', false],
  ] as const)
    it(`is downloaded from ${from} with both halves`, async () => {
      const server = await hub.serve({ files: modelFiles(halves), api });
      await hub.open(server, { purpose: 'attention', precision: 'fp32' });
      const files = await hub.files();
      assert.ok(files.includes('acme/tiny/onnx/encoder_model.onnx'));
      assert.ok(files.includes('acme/tiny/onnx/decoder_model.onnx'));
      assert.ok(!files.includes('acme/tiny/onnx/decoder_model_merged.onnx'));
    });
});
