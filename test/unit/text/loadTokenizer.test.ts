import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadTokenizer } from '../../../src/core/text/loadTokenizer.ts';
import { readTokenizerFacts } from '../../../src/core/text/tokenizerFacts.ts';
import { LoupeError } from '../../../src/shared/errors.ts';
import { description } from '../tasks/description.ts';

describe('loading a tokenizer', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'loupe-tokenizer-'));
  });
  after(() => rm(folder, { recursive: true }));

  const load = (file: string, native?: Parameters<typeof loadTokenizer>[1]) =>
    loadTokenizer({ description: description(), tokenizerFile: path.join(folder, file) }, native);

  it('says which file is missing', async () => {
    await assert.rejects(load('none.json'), { code: 'model-file-missing' });
  });

  for (const [what, content] of [
    ['cut off', '{"version": "1.0", "model": {'],
    ['of another kind', '{"model_type": "bert"}'],
    ['of an unknown model', '{"version": "1.0", "model": {"type": "Magic"}}'],
  ] as const)
    for (const native of [true, false])
      it(`says that a file is damaged: ${what}, ${native ? 'Rust' : 'fallback'}`, async () => {
        const file = path.join(folder, 'damaged.json');
        await writeFile(file, content);
        const importNative = native ? undefined : () => Promise.reject(new Error('no build'));
        await assert.rejects(load('damaged.json', importNative), (thrown) => {
          assert.ok(thrown instanceof LoupeError);
          assert.equal(thrown.code, 'model-file-invalid');
          assert.equal(thrown.details['file'], file);
          return true;
        });
      });

  it('ignores what the file says of padding and truncation', async () => {
    const source = JSON.parse(await readFile('test/fixtures/tokenizers/wordpiece.json', 'utf8')) as object;
    const padding = {
      strategy: { Fixed: 32 },
      direction: 'Right',
      pad_to_multiple_of: null,
      pad_id: 0,
      pad_type_id: 0,
      pad_token: '[PAD]',
    };
    const truncation = { max_length: 4, strategy: 'LongestFirst', stride: 0, direction: 'Right' };
    await writeFile(path.join(folder, 'padded.json'), JSON.stringify({ ...source, padding, truncation }));
    const tokenizer = await load('padded.json');
    const windows = await tokenizer.encode('o filme é bom, o livro é ótimo', { maxLength: 64, stride: 0 });
    assert.equal(windows.length, 1);
    assert.ok(windows[0]!.ids.length > 8 && !windows[0]!.ids.includes(0));
  });

  it('finds the unknown token and the prefix however they are written', () => {
    const facts = (model: object) => readTokenizerFacts({ model });
    assert.equal(facts({ type: 'Unigram', unk_id: 2, vocab: [['a', 0]] }).unknownId, 2);
    assert.equal(
      facts({
        type: 'Unigram',
        unk_token: 'b',
        vocab: [
          ['a', 0],
          ['b', 0],
        ],
      }).unknownId,
      1,
    );
    assert.equal(facts({ type: 'BPE', unk_token: 'x', vocab: { x: 7 } }).unknownId, 7);
    assert.equal(facts({ type: 'BPE', unk_token: null, vocab: {} }).unknownId, undefined);
    assert.equal(facts({ type: 'WordPiece', vocab: {} }).continuationPrefix, '##');
    assert.equal(
      facts({ type: 'BPE', continuing_subword_prefix: '', vocab: {} }).continuationPrefix,
      undefined,
    );
  });
});
