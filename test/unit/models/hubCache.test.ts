import assert from 'node:assert/strict';
import { AutoConfig, AutoTokenizer, env } from '@huggingface/transformers';
import { HubFixture } from './hubFixture.ts';
import { modelFiles } from './modelFolders.ts';

const special = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];

/** A WordPiece tokenizer of seven words. */
const tokenizer = {
  version: '1.0',
  truncation: null,
  padding: null,
  added_tokens: special.map((content, id) => ({
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  })),
  normalizer: { type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true, lowercase: true },
  pre_tokenizer: { type: 'BertPreTokenizer' },
  post_processor: null,
  decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
  model: {
    type: 'WordPiece',
    unk_token: '[UNK]',
    continuing_subword_prefix: '##',
    max_input_chars_per_word: 100,
    vocab: Object.fromEntries([...special, 'hello', 'world'].map((token, id) => [token, id])),
  },
};

describe('the cache of hub models', () => {
  const hub = new HubFixture();
  beforeEach(() => hub.setUp());
  afterEach(() => hub.tearDown());

  const revisions = ['main', 'v1.0', 'refs/pr/1'];
  const files = modelFiles({
    'tokenizer.json': tokenizer,
    'tokenizer_config.json': { tokenizer_class: 'BertTokenizer', model_max_length: 512 },
  });
  const saved = { allowRemoteModels: env.allowRemoteModels, cacheDir: env.cacheDir };

  async function downloadThenGoOffline(revision: string): Promise<void> {
    const server = await hub.serve({ files, revisions });
    await hub.open(server, { reference: `hub:acme/tiny@${revision}` });
    await hub.stop();
    env.allowRemoteModels = false;
    env.cacheDir = hub.cache;
  }
  afterEach(() => {
    Object.assign(env, saved);
  });

  it('gives transformers.js itself a tokenizer, offline', async function () {
    this.timeout(20_000);
    await downloadThenGoOffline('main');
    const loaded = await AutoTokenizer.from_pretrained('acme/tiny');
    assert.deepEqual(loaded.encode('Hello world'), [5, 6]);
  });

  // Of other revisions transformers.js 4.3.1 finds no tokenizer, wherever it lies: its get_tokenizer_files.js drops the
  // revision when it looks whether there is one. Configurations come by the same paths and do work.
  for (const revision of revisions)
    it(`gives transformers.js itself the configuration at ${revision}, offline`, async function () {
      this.timeout(20_000);
      await downloadThenGoOffline(revision);
      const config = await AutoConfig.from_pretrained('acme/tiny', { revision });
      assert.equal(config.model_type, 'bert');
    });
});
