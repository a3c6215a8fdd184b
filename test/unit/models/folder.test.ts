import assert from 'node:assert/strict';
import path from 'node:path';
import { readModelFolder } from '../../../src/core/models/folder.ts';
import {
  bertConfig,
  modelFiles,
  onnxBytes,
  temporaryFolders,
  writeFolder,
  type FolderFiles,
} from './modelFolders.ts';

/** Nine lists, each of nine times the one before: 9^9 texts when unfolded. */
function aliasBomb(): string {
  const names = 'b c d e f g h i'.split(' ');
  const lines = names.map((name, index) => {
    const before = ['a', ...names][index] ?? '';
    return `${name}: &${name} [${new Array(9).fill(`*${before}`).join(',')}]`;
  });
  return `---\na: &a [${new Array(9).fill('x').join(',')}]\n${lines.join('\n')}\n---\n`;
}

describe('model folders', () => {
  const folders = temporaryFolders();
  afterEach(folders.removeAll);

  async function read(changes: Parameters<typeof modelFiles>[0] = {}) {
    const directory = await writeFolder(await folders.make(), modelFiles(changes));
    return readModelFolder(directory, 'starter:test');
  }

  async function describeConfig(config: object, more: Parameters<typeof modelFiles>[0] = {}) {
    return (await read({ 'config.json': { ...bertConfig, ...config }, ...more })).description;
  }

  async function refuses(
    changes: Parameters<typeof modelFiles>[0],
    code: string,
    message: RegExp,
  ): Promise<void> {
    await assert.rejects(read(changes), { code, message });
  }

  it('are described by their small files', async () => {
    const model = await read();
    assert.deepEqual(model.description, {
      reference: 'starter:test',
      directory: model.description.directory,
      architecture: 'bert',
      task: 'text-classification',
      labels: ['negative', 'positive'],
      problemType: undefined,
      maxTokens: 512,
      languages: ['en'],
      answersImpossible: false,
      licence: 'apache-2.0',
    });
    assert.equal(model.tokenizerFile, path.join(model.description.directory, 'tokenizer.json'));
  });

  it('have weights under the names of transformers.js, one a precision', async () => {
    const model = await read({
      'onnx/model.onnx': onnxBytes(1000),
      'onnx/model.onnx_data': 'x'.repeat(100),
      'onnx/model.onnx_data_1': 'x'.repeat(10),
      'onnx/model_fp16.onnx': onnxBytes(500),
      'onnx/model_int8.onnx': onnxBytes(400),
      'onnx/model_q4f16.onnx': onnxBytes(300),
      'onnx/model_attn_quantized.onnx': onnxBytes(300),
      'model.onnx': onnxBytes(9000),
    });
    const rows = model.weights.map(({ precision, file, bytes }) => [precision, path.basename(file), bytes]);
    assert.deepEqual(rows, [
      ['fp32', 'model.onnx', onnxBytes(1000).length + 110],
      ['fp16', 'model_fp16.onnx', onnxBytes(500).length],
      ['q8', 'model_quantized.onnx', onnxBytes().length],
      ['q4', 'model_q4f16.onnx', onnxBytes(300).length],
    ]);
  });

  it('may have their weights at the top, with external data as torch writes it', async () => {
    const model = await read({
      'onnx/model_quantized.onnx': undefined,
      'model_int8.onnx': onnxBytes(400),
      'model_int8.onnx.data': 'x'.repeat(100),
    });
    assert.deepEqual(
      model.weights.map(({ precision, bytes }) => [precision, bytes]),
      [['q8', onnxBytes(400).length + 100]],
    );
  });

  describe('take as many tokens', () => {
    const cases: readonly (readonly [string, object, object, number])[] = [
      ['as the position embeddings hold', { max_position_embeddings: 128 }, {}, 128],
      ['as the tokenizer was set to, if fewer', {}, { model_max_length: 256 }, 256],
      ['as positions hold when the tokenizer has no limit', {}, { model_max_length: 1e30 }, 512],
      [
        'less two for RoBERTa',
        { model_type: 'roberta', max_position_embeddings: 514, pad_token_id: 1 },
        { model_max_length: 1e30 },
        512,
      ],
      [
        'less two for XLM-R and MPNet without a word of padding',
        { model_type: 'mpnet', max_position_embeddings: 514 },
        {},
        512,
      ],
      [
        'less one for a RoBERTa that pads with 0',
        { model_type: 'roberta', max_position_embeddings: 514, pad_token_id: 0 },
        {},
        513,
      ],
      ['as is usual when nobody says', { max_position_embeddings: undefined }, {}, 512],
      [
        'as the tokenizer says when positions are relative',
        { max_position_embeddings: -1 },
        { model_max_length: 1024 },
        1024,
      ],
    ];
    for (const [name, config, tokenizer, expected] of cases)
      it(name, async () => {
        const description = await describeConfig(config, { 'tokenizer_config.json': tokenizer });
        assert.equal(description.maxTokens, expected);
      });
  });

  describe('name labels', () => {
    const cases: readonly (readonly [string, object, readonly string[]])[] = [
      [
        'in order of their ids, not of the file',
        {
          id2label: {
            '10': 'k',
            ...Object.fromEntries('a b c d e f g h i j'.split(' ').map((label, id) => [id, label])),
          },
        },
        'a b c d e f g h i j k'.split(' '),
      ],
      [
        'by label2id when that is all there is',
        { id2label: undefined, label2id: { no: 1, yes: 0 } },
        ['yes', 'no'],
      ],
      [
        "with Python's defaults when the config leaves them out",
        { id2label: undefined },
        ['LABEL_0', 'LABEL_1'],
      ],
      ['by their number', { id2label: undefined, num_labels: 3 }, ['LABEL_0', 'LABEL_1', 'LABEL_2']],
      ['not at all for questions', { id2label: undefined, architectures: ['BertForQuestionAnswering'] }, []],
    ];
    for (const [name, config, expected] of cases)
      it(name, async () => assert.deepEqual((await describeConfig(config)).labels, expected));
  });

  it('tell their problem type', async () => {
    const description = await describeConfig({ problem_type: 'multi_label_classification' });
    assert.equal(description.problemType, 'multi_label_classification');
    assert.equal((await describeConfig({ problem_type: null })).problemType, undefined);
  });

  describe('tell their task', () => {
    const cases: readonly (readonly [string, object, string, string | undefined])[] = [
      [
        'by the head of the architecture',
        { architectures: ['DistilBertForTokenClassification'] },
        '',
        'token-classification',
      ],
      [
        'by the card when the config does not',
        { architectures: undefined },
        '---\npipeline_tag: question-answering\n---\n',
        'question-answering',
      ],
      [
        'by the card when the config names a bare encoder',
        { architectures: ['BertModel'] },
        '---\npipeline_tag: text-classification\n---\n',
        'text-classification',
      ],
      ['not at all when nobody says', { architectures: undefined }, '', undefined],
    ];
    for (const [name, config, card, expected] of cases)
      it(name, async () =>
        assert.equal((await describeConfig(config, { 'README.md': card })).task, expected),
      );
  });

  describe('are known to say "no answer"', () => {
    const cases: readonly (readonly [string, object, string, boolean])[] = [
      ['by our own word in the config', { loupe: { answers_impossible: true } }, '', true],
      [
        'against the card, if our own word says no',
        { loupe: { answers_impossible: false } },
        '---\ntags: [squad_v2]\n---\n',
        false,
      ],
      ['by the tag unanswerable', {}, '---\ntags:\n- unanswerable\n---\n', true],
      ['by SQuAD 2.0 among the data', {}, '---\ndatasets:\n- rajpurkar/squad_v2\n---\n', true],
      ['not by SQuAD 1.1', {}, '---\ndatasets: squad\n---\n', false],
    ];
    for (const [name, config, card, expected] of cases)
      it(name, async () => {
        const description = await describeConfig(
          { architectures: ['BertForQuestionAnswering'], ...config },
          { 'README.md': card },
        );
        assert.equal(description.answersImpossible, expected);
      });
  });

  describe('have a card whose front matter', () => {
    const cases: readonly (readonly [string, string, readonly string[], string | undefined])[] = [
      [
        'lists languages',
        '---\nlanguage:\n- en\n- pt-BR\n- no\nlicense: mit\n---\nText',
        ['en', 'pt', 'no'],
        'mit',
      ],
      ['says multilingual, which is any language', '---\nlanguage: [en, multilingual]\n---\n', [], undefined],
      [
        'names a licence of its own',
        '---\nlicense: other\nlicense_name: tiny-licence\n---\n',
        [],
        'tiny-licence',
      ],
      ['comes with Windows line ends', '---\r\nlanguage: en\r\nlicense: "mit"\r\n---\r\n', ['en'], 'mit'],
      ['is no YAML', '---\n{ : [\n---\n', [], undefined],
      ['is a bomb of aliases', aliasBomb(), [], undefined],
      ['is not there', '# Just a title\n---\nlanguage: en\n---\n', [], undefined],
    ];
    for (const [name, card, languages, licence] of cases)
      it(name, async () => {
        const description = await describeConfig({}, { 'README.md': card });
        assert.deepEqual([description.languages, description.licence], [languages, licence]);
      });
  });

  describe('are refused with words that help', () => {
    const cases: readonly (readonly [
      string,
      Record<string, FolderFiles[string] | undefined>,
      string,
      RegExp,
    ])[] = [
      ['without config.json', { 'config.json': undefined }, 'model-file-missing', /has no config\.json/],
      [
        'without tokenizer.json',
        { 'tokenizer.json': undefined },
        'model-file-missing',
        /has no tokenizer\.json/,
      ],
      [
        'with broken JSON, and where',
        { 'config.json': '{\n  "model_type": "bert",\n  "x": }\n' },
        'model-file-invalid',
        /config\.json cannot be read: line 3, column 8/,
      ],
      [
        'with JSON cut short',
        { 'config.json': '{"model_type": "be' },
        'model-file-invalid',
        /line 1, column/,
      ],
      ['with JSON that is a list', { 'config.json': '[]' }, 'model-file-invalid', /no JSON object/],
      ['without an architecture', { 'config.json': {} }, 'model-file-invalid', /model_type/],
      [
        'with a gap in the labels',
        { 'config.json': { ...bertConfig, id2label: { '0': 'a', '2': 'b' } } },
        'model-file-invalid',
        /none with id 1/,
      ],
      [
        'with an unknown problem type',
        { 'config.json': { ...bertConfig, problem_type: 'poetry' } },
        'model-file-invalid',
        /problem_type/,
      ],
      [
        'with another head',
        { 'config.json': { ...bertConfig, architectures: ['GPT2LMHeadModel'] } },
        'model-architecture-unsupported',
        /GPT2LMHeadModel/,
      ],
      [
        'made for sound',
        { 'config.json': { model_type: 'wav2vec2', architectures: ['Wav2Vec2ForSequenceClassification'] } },
        'model-architecture-unsupported',
        /needs sound/,
      ],
      [
        'with safetensors alone',
        { 'onnx/model_quantized.onnx': undefined, 'model.safetensors': 'x' },
        'model-no-onnx',
        /has no ONNX weights/,
      ],
      [
        'with a pickle alone',
        { 'onnx/model_quantized.onnx': undefined, 'pytorch_model.bin': 'x' },
        'model-pickle-refused',
        /pytorch_model\.bin is a pickle/,
      ],
      [
        'with a checkpoint alone',
        { 'onnx/model_quantized.onnx': undefined, 'best.ckpt': 'x' },
        'model-pickle-refused',
        /best\.ckpt/,
      ],
      ['with an empty ONNX file', { 'onnx/model_quantized.onnx': '' }, 'model-file-invalid', /it is empty/],
      [
        'with a Git LFS pointer',
        { 'onnx/model_quantized.onnx': 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n' },
        'model-file-invalid',
        /Git LFS pointer/,
      ],
      [
        'with a web page for weights',
        { 'onnx/model_quantized.onnx': '<!doctype html><html></html>' },
        'model-file-invalid',
        /no ONNX model/,
      ],
      [
        'with ONNX cut short',
        { 'onnx/model_quantized.onnx': onnxBytes(5000).subarray(0, 2500) },
        'model-file-invalid',
        /ends early \(2500 bytes, where at least 4999 belong\)/,
      ],
    ];
    for (const [name, changes, code, message] of cases) it(name, () => refuses(changes, code, message));

    it('when there is no folder', async () => {
      await assert.rejects(readModelFolder('/no/such/folder', 'x'), {
        code: 'model-folder-missing',
        message: /no folder \/no\/such\/folder/,
      });
    });
  });
});
