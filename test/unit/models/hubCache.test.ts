import assert from 'node:assert/strict';
import { AutoTokenizer, env } from '@huggingface/transformers';
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

  for (const revision of ['main', 'v1.0', 'refs/pr/1'])
    it(`is read by transformers.js itself, offline, at revision ${revision}`, async function () {
      this.timeout(20_000);
      const files = modelFiles({
        'tokenizer.json': tokenizer,
        'tokenizer_config.json': { tokenizer_class: 'BertTokenizer', model_max_length: 512 },
      });
      const server = await hub.serve({ files, revisions: ['main', 'v1.0', 'refs/pr/1'] });
      await hub.open(server, { reference: `hub:acme/tiny@${revision}` });
      await hub.stop();
      const before = env.allowRemoteModels;
      env.allowRemoteModels = false;
      try {
        const options = { cache_dir: hub.cache, revision, local_files_only: true };
        const loaded = await AutoTokenizer.from_pretrained('acme/tiny', options);
        assert.deepEqual(loaded.encode('Hello world'), [5, 6]);
      } finally {
        env.allowRemoteModels = before;
      }
    });
});
