import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { TaskProgress } from '../../../src/shared/taskProtocol.ts';
import { graph, graphBytes, HubFixture, quickTools, rejects, wholeModel } from './hubFixture.ts';
import { modelFiles, onnxBytes } from './modelFolders.ts';

describe('downloads from the hub', () => {
  const hub = new HubFixture();
  beforeEach(() => hub.setUp());
  afterEach(() => hub.tearDown());

  it('fetch what a model needs and nothing else, and open it', async () => {
    const files = modelFiles({
      [graph]: graphBytes,
      'onnx/model.onnx': onnxBytes(),
      'pytorch_model.bin': 'x',
      'model.safetensors': 'x',
    });
    const server = await hub.serve({ files });
    const model = await hub.open(server);
    assert.equal(model.description.reference, 'hub:acme/tiny');
    assert.deepEqual(model.description.labels, ['negative', 'positive']);
    assert.deepEqual(
      model.weights.map(({ precision }) => precision),
      ['q8'],
    );
    assert.deepEqual(await hub.files(), wholeModel);
  });

  it('ask the hub nothing the second time', async () => {
    const server = await hub.serve();
    await hub.open(server);
    const asked = server.requests.length;
    await hub.open(server);
    assert.equal(server.requests.length, asked);
  });

  it('take all files from the one commit that the branch had', async () => {
    const server = await hub.serve();
    await hub.open(server);
    const resolved = server.requests.filter(({ path: asked }) => asked.includes('/resolve/'));
    assert.ok(
      resolved.length > 0 &&
        resolved.every(({ path: asked }) => asked.includes(`/resolve/${server.commit}/`)),
    );
  });

  it('keep another revision in its own folder', async () => {
    const server = await hub.serve({ revisions: ['main', 'refs/pr/1'] });
    const model = await hub.open(server, { reference: 'hub:acme/tiny@refs/pr/1' });
    assert.equal(model.description.directory, path.join(hub.cache, 'acme/tiny/refs/pr/1'));
    assert.equal((await stat(path.join(hub.cache, 'acme/tiny/refs/pr/1', graph))).size, graphBytes.length);
  });

  it('count bytes of all files together, up to the total', async () => {
    const server = await hub.serve();
    const seen: TaskProgress[] = [];
    await hub.open(server, { onProgress: (progress) => seen.push(progress) });
    const last = seen.at(-1);
    assert.ok(last?.kind === 'download');
    assert.equal(last.loaded, last.total);
    assert.ok((last.total ?? 0) > 300_000);
    const loaded = seen.map((progress) => (progress.kind === 'download' ? progress.loaded : -1));
    assert.deepEqual(
      loaded,
      [...loaded].sort((a, b) => a - b),
    );
  });

  it('fetch external data before the graph', async () => {
    const data = Buffer.alloc(50_000, 7);
    const files = modelFiles({
      [graph]: undefined,
      'onnx/model.onnx': onnxBytes(),
      'onnx/model.onnx_data': data,
    });
    const server = await hub.serve({ files });
    const model = await hub.open(server);
    assert.equal(model.weights[0]?.bytes, onnxBytes().length + data.length);
    const stored = server.requests
      .map(({ path: asked }) => asked)
      .filter((asked) => asked.startsWith('/store/onnx'));
    assert.deepEqual(stored, ['/store/onnx/model.onnx_data', '/store/onnx/model.onnx']);
  });

  it('say that a model does not exist', async () => {
    const server = await hub.serve();
    await rejects(
      hub.open(server, { reference: 'hub:acme/none' }),
      'hub-not-found',
      /no model for hub:acme\/none/,
    );
  });

  it('say that a revision does not exist', async () => {
    const server = await hub.serve();
    await rejects(hub.open(server, { reference: 'hub:acme/tiny@v9' }), 'hub-not-found', /no revision v9/);
  });

  it('say that a model is private or gated', async () => {
    const server = await hub.serve();
    server.fail('config.json', { kind: 'status', status: 403 });
    await rejects(hub.open(server), 'hub-forbidden');
  });

  it('say that the hub is out of reach, after trying again', async () => {
    const { endpoint } = await hub.serve();
    await hub.stop();
    await rejects(hub.open({ endpoint }), 'hub-offline', /ECONNREFUSED/);
  });

  it('say that a login page stands in the way, and do not keep it as a file', async () => {
    const server = await hub.serve({ api: false });
    server.fail('config.json', { kind: 'page' });
    await rejects(hub.open(server), 'hub-offline', /login page/);
    assert.deepEqual(await hub.files(), []);
  });

  it('refuse a repository with pickles alone before downloading anything', async () => {
    const server = await hub.serve({ files: modelFiles({ [graph]: undefined, 'pytorch_model.bin': 'x' }) });
    await rejects(hub.open(server), 'model-pickle-refused', /pytorch_model\.bin is a pickle/);
    assert.ok(server.requests.every(({ path: asked }) => !asked.includes('pytorch_model')));
  });

  it('say that a repository has no ONNX weights', async () => {
    const server = await hub.serve({ files: modelFiles({ [graph]: undefined, 'model.safetensors': 'x' }) });
    await rejects(hub.open(server), 'model-no-onnx', /^hub:acme\/tiny has no ONNX/);
  });

  it('find the wrong task before the long part of the download', async () => {
    const server = await hub.serve({
      files: modelFiles({
        'config.json': { model_type: 'bert', architectures: ['BertForQuestionAnswering'] },
      }),
    });
    await rejects(hub.open(server), 'model-wrong-task', /does question answering, not text classification/);
    assert.deepEqual(server.rangesOf(graph), []);
  });

  it('fetch another precision when it is asked for, of the same commit', async () => {
    const server = await hub.serve({
      files: modelFiles({ [graph]: graphBytes, 'onnx/model.onnx': onnxBytes(900) }),
    });
    await hub.open(server);
    const model = await hub.open(server, { precision: 'fp32' });
    assert.deepEqual(
      model.weights.map(({ precision }) => precision),
      ['fp32', 'q8'],
    );
  });

  it('do not ask again for a precision that the hub does not have', async () => {
    const server = await hub.serve();
    await hub.open(server);
    const asked = server.requests.length;
    const model = await hub.open(server, { precision: 'fp16' });
    assert.deepEqual(
      model.weights.map(({ precision }) => precision),
      ['q8'],
    );
    assert.equal(server.requests.length, asked);
  });

  it('use another precision that is there while the hub is out of reach', async () => {
    const server = await hub.serve({
      files: modelFiles({ [graph]: graphBytes, 'onnx/model.onnx': onnxBytes(900) }),
    });
    await hub.open(server);
    const { endpoint } = server;
    await hub.stop();
    const model = await hub.open({ endpoint }, { precision: 'fp32' });
    assert.deepEqual(
      model.weights.map(({ precision }) => precision),
      ['q8'],
    );
  });

  it('read a list of files that comes in pages', async () => {
    const server = await hub.serve({ pageSize: 2 });
    await hub.open(server);
    assert.deepEqual(await hub.files(), wholeModel);
    assert.equal(server.requests.filter(({ path: asked }) => asked.includes('/tree/')).length, 3);
  });

  it('make do with a list of names', async () => {
    const server = await hub.serve({ pageSize: 0 });
    await hub.open(server);
    assert.deepEqual(await hub.files(), wholeModel);
  });

  it('refuse to be sent from a safe address to an unsafe one', async () => {
    const asked: string[] = [];
    const fetchElsewhere: typeof fetch = (input) => {
      asked.push(input instanceof Request ? input.url : input.toString());
      return Promise.resolve(
        new Response(null, { status: 302, headers: { location: 'http://evil.test/x' } }),
      );
    };
    const tools = { ...quickTools, fetch: fetchElsewhere };
    await rejects(hub.open({ endpoint: 'https://hub.test' }, { tools }), 'hub-interrupted', /unsafe address/);
    assert.ok(
      asked.every((address) => address.startsWith('https://hub.test/')),
      asked.join(),
    );
  });

  it('say that the folder for models cannot be written', async () => {
    const server = await hub.serve();
    await writeFile(path.join(hub.cache, 'acme'), 'a file where a folder should be');
    await rejects(hub.open(server), 'file-unwritable', /LOUPE_CACHE/);
  });

  describe('from a plain mirror without an API', () => {
    it('find the files by trying', async () => {
      const files = modelFiles({
        [graph]: undefined,
        'README.md': undefined,
        'onnx/model.onnx': onnxBytes(),
        'onnx/model.onnx_data': 'numbers',
      });
      const server = await hub.serve({ api: false, files });
      const model = await hub.open(server);
      assert.equal(model.weights[0]?.bytes, onnxBytes().length + 'numbers'.length);
      assert.deepEqual(await hub.files(), [
        'acme/tiny/config.json',
        'acme/tiny/onnx/model.onnx',
        'acme/tiny/onnx/model.onnx_data',
        'acme/tiny/tokenizer.json',
        'acme/tiny/tokenizer_config.json',
      ]);
    });

    it('take files that come compressed unasked', async () => {
      const server = await hub.serve({ api: false, checksums: false });
      server.fail('tokenizer.json', { kind: 'gzip' });
      await hub.open(server);
      const tokenizer = await readFile(path.join(hub.cache, 'acme/tiny/tokenizer.json'), 'utf8');
      assert.equal(tokenizer, JSON.stringify(modelFiles()['tokenizer.json']));
    });

    it('say that a tokenizer is missing', async () => {
      const server = await hub.serve({ api: false, files: modelFiles({ 'tokenizer.json': undefined }) });
      await rejects(hub.open(server), 'model-file-missing', /tokenizer\.json/);
    });
  });
});
