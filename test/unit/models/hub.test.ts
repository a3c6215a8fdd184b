import assert from 'node:assert/strict';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { LoupeError, type ErrorCode } from '../../../src/shared/errors.ts';
import type { TaskProgress } from '../../../src/shared/taskProtocol.ts';
import { hubTools, type HubTools } from '../../../src/core/models/hub/hubContext.ts';
import type { LocalModel } from '../../../src/core/models/modelDescription.ts';
import { openModel, type OpenOptions } from '../../../src/core/models/openModel.ts';
import { HubServer, type HubOptions } from './hubServer.ts';
import { modelFiles, onnxBytes, temporaryFolders } from './modelFolders.ts';

const graph = 'onnx/model_quantized.onnx';
const quick: HubTools = { ...hubTools, stallMs: 150, backOffMs: [1, 1, 1] };

describe('downloads from the hub', () => {
  const folders = temporaryFolders();
  const servers: HubServer[] = [];
  let cache: string;

  beforeEach(async () => {
    cache = await folders.make();
  });
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.stop();
    await folders.removeAll();
  });

  async function serve(options: Partial<HubOptions> = {}): Promise<HubServer> {
    const server = new HubServer({ files: modelFiles({ [graph]: onnxBytes(300_000) }), ...options });
    servers.push(server);
    await server.start();
    return server;
  }

  function open(
    server: HubServer,
    options: OpenOptions & { readonly reference?: string } = {},
  ): Promise<LocalModel> {
    const places = {
      starterDirectory: '/nowhere',
      cacheDirectory: cache,
      hubEndpoint: `${server.endpoint}/`,
    };
    return openModel(options.reference ?? 'hub:acme/tiny', 'text-classification', places, {
      tools: quick,
      ...options,
    });
  }

  async function rejects(work: Promise<unknown>, code: ErrorCode, words?: RegExp): Promise<LoupeError> {
    const error = await work.then(
      () => assert.fail(`expected ${code}, but it worked`),
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof LoupeError, String(error));
    assert.equal(error.code, code, error.message);
    if (words) assert.match(error.message, words);
    return error;
  }

  async function filesInCache(): Promise<readonly string[]> {
    const entries = await readdir(cache, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(cache, path.join(entry.parentPath, entry.name)))
      .sort();
  }

  async function isWhole(): Promise<boolean> {
    const content = await readFile(path.join(cache, 'acme/tiny', graph));
    return content.equals(onnxBytes(300_000));
  }

  const wholeModel = [
    'acme/tiny/.loupe-hub.json',
    'acme/tiny/README.md',
    'acme/tiny/config.json',
    'acme/tiny/onnx/model_quantized.onnx',
    'acme/tiny/tokenizer.json',
    'acme/tiny/tokenizer_config.json',
  ];

  it('fetch what a model needs and nothing else, and open it', async () => {
    const files = modelFiles({
      [graph]: onnxBytes(300_000),
      'onnx/model.onnx': onnxBytes(),
      'pytorch_model.bin': 'x',
      'model.safetensors': 'x',
    });
    const server = await serve({ files });
    const model = await open(server);
    assert.equal(model.description.reference, 'hub:acme/tiny');
    assert.deepEqual(model.description.labels, ['negative', 'positive']);
    assert.deepEqual(
      model.weights.map(({ precision }) => precision),
      ['q8'],
    );
    assert.deepEqual(await filesInCache(), wholeModel);
  });

  it('ask the hub nothing the second time', async () => {
    const server = await serve();
    await open(server);
    const asked = server.requests.length;
    await open(server);
    assert.equal(server.requests.length, asked);
  });

  it('take all files from the one commit that the branch had', async () => {
    const server = await serve();
    await open(server);
    const resolved = server.requests.filter(({ path: asked }) => asked.includes('/resolve/'));
    assert.ok(
      resolved.length > 0 &&
        resolved.every(({ path: asked }) => asked.includes(`/resolve/${server.commit}/`)),
    );
  });

  it('keep another revision in its own folder', async () => {
    const server = await serve({ revisions: ['main', 'refs/pr/1'] });
    const model = await open(server, { reference: 'hub:acme/tiny@refs/pr/1' });
    assert.equal(model.description.directory, path.join(cache, 'acme/tiny/refs/pr/1'));
    assert.equal(
      (await stat(path.join(cache, 'acme/tiny/refs/pr/1', graph))).size,
      onnxBytes(300_000).length,
    );
  });

  it('count bytes of all files together, up to the total', async () => {
    const server = await serve();
    const seen: TaskProgress[] = [];
    await open(server, { onProgress: (progress) => seen.push(progress) });
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
    const server = await serve({ files });
    const model = await open(server);
    assert.equal(model.weights[0]?.bytes, onnxBytes().length + data.length);
    const stored = server.requests
      .map(({ path: asked }) => asked)
      .filter((asked) => asked.startsWith('/store/onnx'));
    assert.deepEqual(stored, ['/store/onnx/model.onnx_data', '/store/onnx/model.onnx']);
  });

  for (const checksums of [true, false]) {
    it(`go on after dropped connections${checksums ? ' where they broke off' : ', from the start without ETags'}`, async () => {
      const server = await serve({ checksums });
      server.fail(graph, { kind: 'drop', after: 100_000 }, { kind: 'drop', after: 50_000 });
      await open(server);
      assert.ok(await isWhole());
      const ranges = server.rangesOf(graph);
      assert.equal(ranges.length, 3);
      assert.equal(
        ranges.every((range) => range === ''),
        !checksums,
      );
    });
  }

  it('survive more drops than attempts as long as each brings something', async () => {
    const server = await serve();
    server.fail(graph, ...Array.from({ length: 8 }, () => ({ kind: 'drop', after: 30_000 }) as const));
    await open(server);
    assert.ok(await isWhole());
  });

  it('go on after silence', async () => {
    const server = await serve();
    server.fail(graph, { kind: 'stall', after: 120_000 });
    await open(server);
    assert.ok(await isWhole());
    assert.match(server.rangesOf(graph)[1] ?? '', /^bytes=\d+-$/);
  });

  it('give up on a hub that keeps falling silent, keep what came, and go on from there later', async () => {
    const server = await serve();
    server.fail(
      graph,
      { kind: 'drop', after: 100_000 },
      ...Array.from({ length: 4 }, () => ({ kind: 'stall', after: 0 }) as const),
    );
    await rejects(open(server), 'hub-interrupted', /model_quantized\.onnx broke off \(no data for 0\.15 s\)/);
    const kept = (await stat(path.join(cache, 'acme/tiny', `${graph}.partial`))).size;
    assert.ok(kept > 0 && kept <= 100_000, `${kept} bytes kept`);
    assert.ok(!(await filesInCache()).includes(`acme/tiny/${graph}`));
    await open(server);
    assert.equal(server.rangesOf(graph).at(-1), `bytes=${kept}-`);
    assert.ok(await isWhole());
    assert.deepEqual(await filesInCache(), wholeModel);
  });

  it('begin anew when the server ignores the range', async () => {
    const server = await serve();
    server.fail(graph, { kind: 'drop', after: 100_000 }, { kind: 'ignoreRange' });
    await open(server);
    assert.ok(await isWhole());
  });

  it('do not take a shortened file that looks whole for the whole', async () => {
    const server = await serve();
    server.fail(graph, { kind: 'truncate', to: 1000 });
    await open(server);
    assert.ok(await isWhole());
  });

  it('throw a damaged file away and say so', async () => {
    const server = await serve();
    server.fail(graph, { kind: 'corrupt' });
    await rejects(open(server), 'hub-checksum', /model_quantized\.onnx arrived damaged/);
    assert.ok((await filesInCache()).every((file) => !file.includes('onnx/')));
  });

  it('check small files too, by their git id', async () => {
    const server = await serve();
    server.fail('config.json', { kind: 'corrupt' });
    await rejects(open(server), 'hub-checksum', /config\.json arrived damaged/);
  });

  it('never use a partial file when the disk is full, and leave no half behind', async () => {
    const server = await serve();
    let written = 0;
    const tools: HubTools = {
      ...quick,
      openForAppend: async (file) => {
        const handle = await hubTools.openForAppend(file);
        return {
          appendFile: async (data) => {
            written += data.byteLength;
            if (written > 150_000)
              throw Object.assign(new Error('no space left on device'), {
                code: 'ENOSPC',
                errno: -28,
                syscall: 'write',
              });
            await handle.appendFile(data);
          },
          sync: () => handle.sync(),
          close: () => handle.close(),
        };
      },
    };
    await rejects(open(server, { tools }), 'disk-full', /model_quantized\.onnx/);
    assert.ok(
      (await filesInCache()).every((file) => !file.includes('onnx/')),
      (await filesInCache()).join(),
    );
    await open(server);
    assert.ok(await isWhole());
  });

  it('say that the disk is too small before filling it', async () => {
    const server = await serve();
    const tools: HubTools = { ...quick, freeBytes: () => Promise.resolve(100_000) };
    await rejects(open(server, { tools }), 'disk-full');
    assert.deepEqual(server.rangesOf(graph).length, 1);
    assert.ok((await filesInCache()).every((file) => !file.includes('onnx/')));
  });

  it('stop when cancelled, keep what came, and go on from there later', async () => {
    const server = await serve();
    server.fail(graph, { kind: 'stall', after: 100_000 });
    const abort = new AbortController();
    const work = open(server, { signal: abort.signal, tools: { ...quick, stallMs: 5000 } });
    while (server.rangesOf(graph).length === 0) await delay(5);
    setTimeout(() => abort.abort(), 100);
    await rejects(work, 'cancelled');
    assert.ok((await filesInCache()).includes(`acme/tiny/${graph}.partial`));
    await open(server);
    assert.match(server.rangesOf(graph).at(-1) ?? '', /^bytes=\d+-$/);
    assert.ok(await isWhole());
  });

  it('wait through a busy hub', async () => {
    const server = await serve();
    server.fail(graph, { kind: 'status', status: 503 }, { kind: 'status', status: 429 });
    await open(server);
    assert.ok(await isWhole());
  });

  it('take turns when two ask for the same model at once', async () => {
    const server = await serve();
    await Promise.all([open(server), open(server), open(server)]);
    assert.ok(await isWhole());
    assert.equal(server.rangesOf(graph).length, 1);
    assert.deepEqual(await filesInCache(), wholeModel);
  });

  it('say that a model does not exist', async () => {
    const server = await serve();
    await rejects(
      open(server, { reference: 'hub:acme/none' }),
      'hub-not-found',
      /no model for hub:acme\/none/,
    );
  });

  it('say that a revision does not exist', async () => {
    const server = await serve();
    await rejects(open(server, { reference: 'hub:acme/tiny@v9' }), 'hub-not-found', /no revision v9/);
  });

  it('say that a model is private or gated', async () => {
    const server = await serve();
    server.fail('config.json', { kind: 'status', status: 403 });
    await rejects(open(server), 'hub-forbidden');
  });

  it('say that the hub is out of reach, after trying again', async () => {
    const server = await serve();
    const places = { starterDirectory: '/nowhere', cacheDirectory: cache, hubEndpoint: server.endpoint };
    await server.stop();
    servers.length = 0;
    const work = openModel('hub:acme/tiny', 'text-classification', places, { tools: quick });
    await rejects(work, 'hub-offline', /ECONNREFUSED/);
  });

  it('say that a login page stands in the way, and do not keep it as a file', async () => {
    const server = await serve({ api: false });
    server.fail('config.json', { kind: 'page' });
    await rejects(open(server), 'hub-offline', /login page/);
    assert.deepEqual(await filesInCache(), []);
  });

  it('refuse a repository with pickles alone before downloading anything', async () => {
    const server = await serve({ files: modelFiles({ [graph]: undefined, 'pytorch_model.bin': 'x' }) });
    await rejects(open(server), 'model-pickle-refused', /pytorch_model\.bin is a pickle/);
    assert.ok(server.requests.every(({ path: asked }) => !asked.includes('pytorch_model')));
  });

  it('say that a repository has no ONNX weights', async () => {
    const server = await serve({ files: modelFiles({ [graph]: undefined, 'model.safetensors': 'x' }) });
    await rejects(open(server), 'model-no-onnx', /^hub:acme\/tiny has no ONNX/);
  });

  it('find the wrong task before the long part of the download', async () => {
    const server = await serve({
      files: modelFiles({
        'config.json': { model_type: 'bert', architectures: ['BertForQuestionAnswering'] },
      }),
    });
    await rejects(open(server), 'model-wrong-task', /does question answering, not text classification/);
    assert.deepEqual(server.rangesOf(graph), []);
  });

  it('fetch another precision when it is asked for, of the same commit', async () => {
    const server = await serve({
      files: modelFiles({ [graph]: onnxBytes(300_000), 'onnx/model.onnx': onnxBytes(900) }),
    });
    await open(server);
    const model = await open(server, { precision: 'fp32' });
    assert.deepEqual(
      model.weights.map(({ precision }) => precision),
      ['fp32', 'q8'],
    );
  });

  it('do not ask again for a precision that the hub does not have', async () => {
    const server = await serve();
    await open(server);
    const asked = server.requests.length;
    const model = await open(server, { precision: 'fp16' });
    assert.deepEqual(
      model.weights.map(({ precision }) => precision),
      ['q8'],
    );
    assert.equal(server.requests.length, asked);
  });

  it('use another precision that is there while the hub is out of reach', async () => {
    const server = await serve({
      files: modelFiles({ [graph]: onnxBytes(300_000), 'onnx/model.onnx': onnxBytes(900) }),
    });
    await open(server);
    const { endpoint } = server;
    await server.stop();
    servers.length = 0;
    const places = { starterDirectory: '/nowhere', cacheDirectory: cache, hubEndpoint: endpoint };
    const model = await openModel('hub:acme/tiny', 'text-classification', places, {
      tools: quick,
      precision: 'fp32',
    });
    assert.deepEqual(
      model.weights.map(({ precision }) => precision),
      ['q8'],
    );
  });

  describe('from a plain mirror without an API', () => {
    it('find the files by trying', async () => {
      const files = modelFiles({
        [graph]: undefined,
        'README.md': undefined,
        'onnx/model.onnx': onnxBytes(),
        'onnx/model.onnx_data': 'numbers',
      });
      const server = await serve({ api: false, files });
      const model = await open(server);
      assert.equal(model.weights[0]?.bytes, onnxBytes().length + 'numbers'.length);
      assert.deepEqual(await filesInCache(), [
        'acme/tiny/config.json',
        'acme/tiny/onnx/model.onnx',
        'acme/tiny/onnx/model.onnx_data',
        'acme/tiny/tokenizer.json',
        'acme/tiny/tokenizer_config.json',
      ]);
    });

    it('say that a tokenizer is missing', async () => {
      const server = await serve({ api: false, files: modelFiles({ 'tokenizer.json': undefined }) });
      await rejects(open(server), 'model-file-missing', /tokenizer\.json/);
    });
  });
});
