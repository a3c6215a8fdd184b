import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { HubServer } from '../models/hubServer.ts';
import { modelFiles, onnxBytes, readFolder, temporaryFolders } from '../models/modelFolders.ts';
import { skipBecause } from '../../support/skip.ts';
import { jsonLines, root, runCli, spawnCli, tinyClassifier, whyNoCli } from './runCli.ts';

const graph = 'onnx/model_quantized.onnx';

describe('loupe models install', function () {
  this.timeout(60_000);
  const folders = temporaryFolders();
  let server: HubServer;
  let env: Readonly<Record<string, string>>;

  before(function () {
    const reason = whyNoCli();
    if (reason !== undefined) skipBecause(this, reason);
  });
  beforeEach(async () => {
    server = new HubServer({ files: modelFiles({ [graph]: onnxBytes(3_000_000) }) });
    await server.start();
    env = { LOUPE_CACHE: await folders.make(), HF_ENDPOINT: server.endpoint };
  });
  afterEach(async () => {
    await server.stop();
    await folders.removeAll();
  });

  it('downloads a hub model and lists it with its commit', async () => {
    const { code, stdout, stderr } = await runCli(['models', 'install', 'hub:acme/tiny'], { env });
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^hub:acme\/tiny is ready in .*acme.tiny\n$/);
    const listed = jsonLines((await runCli(['models', '--json'], { env })).stdout);
    const row = listed.find(({ reference }) => reference === 'hub:acme/tiny');
    assert.deepEqual(
      [row?.['installed'], row?.['task'], row?.['precisions'], row?.['languages']],
      [true, 'sentiment', ['q8'], ['en']],
    );
    assert.deepEqual(row?.['origin'], {
      kind: 'hub',
      id: 'acme/tiny',
      revision: 'main',
      commit: server.commit,
    });
  });

  it('in two processes at once downloads every file once', async () => {
    server.fail(graph, { kind: 'drop', after: 1_000_000 });
    const results = await Promise.all(
      [1, 2].map(() => runCli(['models', 'install', 'hub:acme/tiny'], { env })),
    );
    assert.deepEqual(
      results.map(({ code, stderr }) => [code, stderr]),
      results.map(() => [0, 'Fetching hub:acme/tiny ...\n']),
    );
    assert.equal(server.rangesOf('config.json').length, 1);
    assert.equal(server.rangesOf(graph).length, 2);
  });

  it('goes on after it was killed in the middle', async function () {
    if (process.platform === 'win32') skipBecause(this, 'Windows has no signals to send');
    server.fail(graph, { kind: 'stall', after: 1_000_000 });
    const partial = path.join(env['LOUPE_CACHE'] ?? '', 'acme', 'tiny', `${graph}.partial`);
    const child = spawnCli(['models', 'install', 'hub:acme/tiny'], env);
    const ended = new Promise((resolve) => child.on('exit', resolve));
    while (!existsSync(partial) || statSync(partial).size < 500_000) await delay(20);
    child.kill('SIGKILL');
    await ended;
    const { code, stderr } = await runCli(['models', 'install', 'hub:acme/tiny'], { env });
    assert.equal(code, 0, stderr);
    assert.match(server.rangesOf(graph)[1] ?? '', /^bytes=\d{6,}-$/);
  });

  it('is not needed: run fetches a hub model, then works offline', async () => {
    const files = await readFolder(path.join(root, tinyClassifier));
    await server.stop();
    server = new HubServer({ files });
    await server.start();
    const run = (): ReturnType<typeof runCli> =>
      runCli(['run', 'sentiment', '--model', 'hub:acme/tiny', '--json'], {
        env: { ...env, HF_ENDPOINT: server.endpoint },
        input: 'I like it.',
      });
    const first = await run();
    assert.equal(first.code, 0, first.stderr);
    const asked = server.requests.length;
    const second = await run();
    assert.equal(server.requests.length, asked);
    const strip = (stdout: string): string => stdout.replace(/"ms":[\d.]+/, '');
    assert.equal(strip(second.stdout), strip(first.stdout));
    assert.equal(jsonLines(second.stdout)[0]?.['model'], 'hub:acme/tiny');
  });

  it('says that a folder needs no installing', async () => {
    const { code, stderr } = await runCli(['models', 'install', './src'], { env });
    assert.equal(code, 2);
    assert.match(stderr, /\.\/src is a folder: use it as it is/);
  });
});
