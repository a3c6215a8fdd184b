import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { hubTools, type HubTools } from '../../../src/core/models/hub/hubContext.ts';
import { graph, HubFixture, quickTools, rejects, wholeModel } from './hubFixture.ts';

describe('downloads from a hub where things go wrong', () => {
  const hub = new HubFixture();
  beforeEach(() => hub.setUp());
  afterEach(() => hub.tearDown());

  for (const checksums of [true, false]) {
    it(`go on after dropped connections${checksums ? ' where they broke off' : ', from the start without ETags'}`, async () => {
      const server = await hub.serve({ checksums });
      server.fail(graph, { kind: 'drop', after: 100_000 }, { kind: 'drop', after: 50_000 });
      await hub.open(server);
      assert.ok(await hub.isWhole());
      const ranges = server.rangesOf(graph);
      assert.equal(ranges.length, 3);
      assert.equal(
        ranges.every((range) => range === ''),
        !checksums,
      );
    });
  }

  it('survive more drops than attempts as long as each brings something', async () => {
    const server = await hub.serve();
    server.fail(graph, ...Array.from({ length: 8 }, () => ({ kind: 'drop', after: 30_000 }) as const));
    await hub.open(server);
    assert.ok(await hub.isWhole());
  });

  it('go on after silence', async () => {
    const server = await hub.serve();
    server.fail(graph, { kind: 'stall', after: 120_000 });
    await hub.open(server);
    assert.ok(await hub.isWhole());
    assert.match(server.rangesOf(graph)[1] ?? '', /^bytes=\d+-$/);
  });

  it('give up on a hub that keeps falling silent, keep what came, and go on from there later', async () => {
    const server = await hub.serve();
    server.fail(
      graph,
      { kind: 'drop', after: 100_000 },
      ...Array.from({ length: 4 }, () => ({ kind: 'stall', after: 0 }) as const),
    );
    await rejects(
      hub.open(server),
      'hub-interrupted',
      /model_quantized\.onnx broke off \(no data for 0\.15 s\)/,
    );
    const kept = (await stat(path.join(hub.cache, 'acme/tiny', `${graph}.partial`))).size;
    assert.ok(kept > 0 && kept <= 100_000, `${kept} bytes kept`);
    assert.ok(!(await hub.files()).includes(`acme/tiny/${graph}`));
    await hub.open(server);
    assert.equal(server.rangesOf(graph).at(-1), `bytes=${kept}-`);
    assert.ok(await hub.isWhole());
    assert.deepEqual(await hub.files(), wholeModel);
  });

  it('begin anew when the server ignores the range', async () => {
    const server = await hub.serve();
    server.fail(graph, { kind: 'drop', after: 100_000 }, { kind: 'ignoreRange' });
    await hub.open(server);
    assert.ok(await hub.isWhole());
  });

  it('do not take a shortened file that looks whole for the whole', async () => {
    const server = await hub.serve();
    server.fail(graph, { kind: 'truncate', to: 1000 });
    await hub.open(server);
    assert.ok(await hub.isWhole());
  });

  it('throw a damaged file away and say so', async () => {
    const server = await hub.serve();
    server.fail(graph, { kind: 'corrupt' });
    await rejects(hub.open(server), 'hub-checksum', /model_quantized\.onnx arrived damaged/);
    assert.ok((await hub.files()).every((file) => !file.includes('onnx/')));
  });

  it('check small files too, by their git id', async () => {
    const server = await hub.serve();
    server.fail('config.json', { kind: 'corrupt' });
    await rejects(hub.open(server), 'hub-checksum', /config\.json arrived damaged/);
  });

  it('never use a partial file when the disk is full, and leave no half behind', async () => {
    const server = await hub.serve();
    let written = 0;
    const tools: HubTools = {
      ...quickTools,
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
    await rejects(hub.open(server, { tools }), 'disk-full', /model_quantized\.onnx/);
    assert.ok(
      (await hub.files()).every((file) => !file.includes('onnx/')),
      (await hub.files()).join(),
    );
    await hub.open(server);
    assert.ok(await hub.isWhole());
  });

  it('say that the disk is too small before filling it', async () => {
    const server = await hub.serve();
    const tools: HubTools = { ...quickTools, freeBytes: () => Promise.resolve(100_000) };
    await rejects(hub.open(server, { tools }), 'disk-full');
    assert.deepEqual(server.rangesOf(graph).length, 1);
    assert.ok((await hub.files()).every((file) => !file.includes('onnx/')));
  });

  it('stop when cancelled, keep what came, and go on from there later', async () => {
    const server = await hub.serve();
    server.fail(graph, { kind: 'stall', after: 100_000 });
    const abort = new AbortController();
    const work = hub.open(server, { signal: abort.signal, tools: { ...quickTools, stallMs: 5000 } });
    while (server.rangesOf(graph).length === 0) await delay(5);
    setTimeout(() => abort.abort(), 100);
    await rejects(work, 'cancelled');
    assert.ok((await hub.files()).includes(`acme/tiny/${graph}.partial`));
    await hub.open(server);
    assert.match(server.rangesOf(graph).at(-1) ?? '', /^bytes=\d+-$/);
    assert.ok(await hub.isWhole());
  });

  it('wait through a busy hub', async () => {
    const server = await hub.serve();
    server.fail(graph, { kind: 'status', status: 503 }, { kind: 'status', status: 429 });
    await hub.open(server);
    assert.ok(await hub.isWhole());
  });

  it('take turns when two ask for the same model at once', async () => {
    const server = await hub.serve();
    await Promise.all([hub.open(server), hub.open(server), hub.open(server)]);
    assert.ok(await hub.isWhole());
    assert.equal(server.rangesOf(graph).length, 1);
    assert.deepEqual(await hub.files(), wholeModel);
  });
});
