import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { hasCode, isAlive, until } from './fakeClient.ts';
import { settings } from './inferenceFixture.ts';
import type { RealClient } from './realClient.ts';
import { realClient, texts } from './realClient.ts';

describe('inference process', function () {
  this.timeout(60_000);
  let real: RealClient;
  const start = (...args: Parameters<typeof realClient>): RealClient => (real = realClient(...args));
  afterEach(() => real.dispose());

  it('loads a model once, answers, and says what answered', async () => {
    const { classify, copyModel, client } = start();
    const model = copyModel('a');
    const first = await classify(model, 'A good film. I liked it.', { sentences: true });
    assert.deepEqual(
      first.results.map(({ scope, start: from, end }) => [scope, from, end]),
      [
        ['text', 0, 24],
        ['sentence', 0, 12],
        ['sentence', 13, 24],
      ],
    );
    assert.deepEqual(first.model, {
      reference: model,
      task: 'text-classification',
      precision: 'q8',
      device: 'cpu',
      scoreFunction: 'softmax',
    });
    assert.ok(first.loadMs > 0);
    const second = await classify(model, 'A good film. I liked it.', { sentences: true });
    assert.equal(second.loadMs, 0);
    assert.deepEqual(second.results, first.results);
    const info = await client.info();
    assert.deepEqual(
      info.models.map(({ reference, lanes }) => [reference, lanes]),
      [[model, 1]],
    );
    assert.match(info.onnxruntime, /^1\.\d+\.\d+$/);
    assert.ok(info.devices.includes('cpu'));
  });

  it('answers all of twenty requests although it is killed in the middle of them', async () => {
    const { classify, copyModel, client, lines } = start();
    const model = copyModel('a');
    const expected = new Map<string, number>();
    for (const text of texts(20)) expected.set(text, (await classify(model, text)).results[0]!.score);
    const { pid } = await client.info();
    const answers = [...expected.keys()].map((text) => classify(model, text, { priority: 'bulk' }));
    void Promise.race(answers).then(() => process.kill(pid, 'SIGKILL'));
    const scores = (await Promise.all(answers)).map(({ results }) => results[0]!.score);
    assert.deepEqual(scores, [...expected.values()]);
    assert.notEqual((await client.info()).pid, pid);
    assert.ok(lines.some((line) => line.includes('run is made again')));
  });

  it('gives the same scores whatever else is analysed at the same time', async () => {
    for (const precision of ['q8', 'fp32'] as const) {
      const { classify, copyModel } = start({ precision });
      const model = copyModel('a');
      const alone: number[] = [];
      for (const text of texts(24)) alone.push((await classify(model, text)).results[0]!.score);
      const together = await Promise.all(
        texts(24).map((text) => classify(model, text, { priority: 'bulk' })),
      );
      together.forEach(({ results }, index) => {
        // Quantised on the fly: exactly the same, because rows run alone. Else float32 sums in another order.
        const tolerance = precision === 'q8' ? 0 : 1e-6;
        assert.ok(Math.abs(results[0]!.score - alone[index]!) <= tolerance, `${precision} ${index}`);
      });
      real.dispose();
    }
  });

  it('adds lanes for bulk work and lets a person overtake it', async () => {
    const { classify, copyModel, client } = start();
    const model = copyModel('a');
    await classify(model, 'warm');
    let isBulkDone = false;
    const bulk = Promise.all(texts(3000).map((text) => classify(model, text, { priority: 'bulk' })));
    void bulk.then(() => (isBulkDone = true));
    await classify(model, 'A person asks.');
    assert.equal(isBulkDone, false);
    assert.equal((await bulk).length, 3000);
    const [loaded] = (await client.info()).models;
    assert.equal(loaded?.lanes, 3);
    assert.equal((await client.info()).queued, 0);
  });

  it('stops a cancelled request and empties its queue', async () => {
    const { classify, copyModel, client } = start();
    const model = copyModel('a');
    await classify(model, 'warm');
    const controller = new AbortController();
    const long = 'It was not a good film at all. '.repeat(4000);
    let progressed = 0;
    const answer = client.run(
      { task: 'text-classification', model, text: long, priority: 'bulk', sentences: true },
      {
        signal: controller.signal,
        onProgress: ({ kind }) => kind === 'run' && ++progressed === 3 && controller.abort(),
      },
    );
    await assert.rejects(answer, hasCode('cancelled'));
    await until(async () => (await client.info()).queued === 0);
  });

  it('puts the model out that was not used for longest when memory is short', async () => {
    const { classify, copyModel, client } = start({ memoryLimitMb: 200 });
    const [a, b, c] = ['a', 'b', 'c'].map((name) => copyModel(name));
    for (const model of [a!, b!, a!, c!]) await classify(model, 'x');
    const loaded = (await client.info()).models.map(({ reference }) => reference);
    assert.deepEqual(loaded.sort(), [a!, c!].sort());
  });

  it('never puts a model out that is at work: the next one waits', async () => {
    const { classify, copyModel } = start({ memoryLimitMb: 100 });
    const [a, b] = ['a', 'b'].map((name) => copyModel(name));
    const work = Promise.all(texts(200).map((text) => classify(a!, text, { priority: 'bulk' })));
    const other = classify(b!, 'x');
    assert.equal((await work).length, 200);
    assert.equal((await other).results.length, 1);
  });

  it('refuses a model that alone is over the memory limit, and says the numbers', async () => {
    const { classify, copyModel } = start({ memoryLimitMb: 50 });
    await assert.rejects(classify(copyModel('a'), 'x'), (thrown) => {
      assert.ok(hasCode('memory-exhausted')(thrown));
      assert.match((thrown as Error).message, /needs about 97 MB, over the limit of 50 MB/);
      return true;
    });
  });

  it('says that a damaged model is damaged, and goes on with others', async () => {
    const { classify, copyModel } = start();
    const broken = copyModel('broken');
    const file = path.join(broken, 'onnx/model_quantized.onnx');
    const bytes = readFileSync(file);
    bytes.fill(0xff, 2000, 30_000);
    writeFileSync(file, bytes);
    await assert.rejects(classify(broken, 'x'), /could not be loaded: the ONNX file is damaged/);
    assert.equal((await classify(copyModel('fine'), 'x')).results.length, 1);
  });

  it('reads half precision outputs', async () => {
    const { classify, copyModel } = start();
    const model = copyModel('half');
    const half = readFileSync(path.join(import.meta.dirname, '../../fixtures/models/half-logits.onnx'));
    writeFileSync(path.join(model, 'onnx/model_quantized.onnx'), half);
    const [result] = (await classify(model, 'x')).results;
    assert.equal(result?.label, 'POSITIVE');
    assert.ok(Math.abs(result.score - 1 / (1 + Math.exp(-1))) < 1e-6);
  });

  it('notices that a model was trained again into the same folder', async () => {
    const { classify, copyModel } = start({ precision: 'q8' });
    const model = copyModel('a');
    await classify(model, 'x');
    assert.equal((await classify(model, 'x')).loadMs, 0);
    utimesSync(path.join(model, 'onnx/model_quantized.onnx'), new Date(), new Date(Date.now() + 5000));
    assert.ok((await classify(model, 'x')).loadMs > 0);
  });

  it('uses the CPU when the wanted device is not there, and says so once', async () => {
    const { classify, copyModel } = start({ device: 'cuda' });
    const model = copyModel('a');
    const { warnings, model: used } = await classify(model, 'x');
    assert.equal(used.device, 'cpu');
    assert.deepEqual(
      warnings.filter(({ code }) => code === 'device-fallback'),
      [{ code: 'device-fallback', details: { wanted: 'cuda', used: 'cpu' } }],
    );
    assert.deepEqual(
      (await classify(model, 'x')).warnings.filter(({ code }) => code === 'device-fallback'),
      [],
    );
  });

  it('takes another precision when the setting changes', async () => {
    const { classify, copyModel, client } = start();
    const model = copyModel('a');
    assert.equal((await classify(model, 'x')).model.precision, 'q8');
    await client.configure(settings({ precision: 'fp32' }));
    assert.equal((await classify(model, 'x')).model.precision, 'fp32');
    await until(async () => (await client.info()).models.length === 1);
  });

  it('loads once for all who ask while it loads, and goes on loading while one of them stays', async () => {
    const { classify, copyModel, client, lines } = start();
    const model = copyModel('a');
    await client.info();
    const controller = new AbortController();
    const leaving = classify(model, 'x', { signal: controller.signal });
    const staying = classify(model, 'x');
    controller.abort();
    await assert.rejects(leaving, hasCode('cancelled'));
    assert.equal((await staying).results.length, 1);
    assert.equal(lines.filter((line) => line.includes('] loaded ')).length, 1);
  });

  it('ends when its host dies', async () => {
    const { copyModel } = start();
    const host = fork(path.join(import.meta.dirname, 'dyingHost.ts'), [copyModel('a')], {
      execArgv: ['--import', 'tsx'],
    });
    const [pid] = (await once(host, 'message')) as [number];
    assert.ok(isAlive(pid));
    host.kill('SIGKILL');
    await until(() => !isAlive(pid));
  });
});
