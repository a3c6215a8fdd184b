import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { longText, mapOf, overviewOf, sourceOf } from './attentionClient.ts';
import { hasCode, until } from './fakeClient.ts';
import type { RealClient } from './realClient.ts';
import { realClient } from './realClient.ts';

describe('work on attention', function () {
  this.timeout(60_000);
  let real: RealClient;
  const start = (...args: Parameters<typeof realClient>): RealClient => (real = realClient(...args));
  afterEach(() => real.dispose());

  it('answers the last of fifty quick clicks and drops those before it', async () => {
    const { copyModel, client } = start();
    const source = sourceOf(copyModel('a'), { text: longText(60) });
    const expected = await mapOf(real, source, { layer: 1, head: 1 });
    const clicks: AbortController[] = [];
    const answers = Array.from({ length: 50 }, (_, index) => {
      clicks.at(-1)?.abort();
      const controller = new AbortController();
      clicks.push(controller);
      const at = { stack: 'encoder', layer: index % 2, head: index % 4 } as const;
      return client.attention(source, 'map', at, { signal: controller.signal });
    });
    const settled = await Promise.allSettled(answers);
    const kept = settled.filter(({ status }) => status === 'fulfilled');
    assert.equal(kept.length, 1);
    const last = await answers[49]!;
    assert.deepEqual(last.cells, expected.cells);
    for (const answer of answers.slice(0, 49)) await assert.rejects(answer, hasCode('cancelled'));
  });

  it('answers clicks and ordinary requests while an attribution runs', async () => {
    const { copyModel, client, classify } = start();
    const model = copyModel('a');
    const source = sourceOf(model, { text: longText(60) });
    await overviewOf(real, source);
    await classify(model, 'warm');
    const order: string[] = [];
    const attribution = client.attention(source, 'attribution', { unit: 'token' });
    void attribution.then(() => order.push('attribution'));
    for (let click = 0; click < 3; click++) {
      await mapOf(real, source);
      await classify(model, 'A person asks.');
      order.push('click');
    }
    await attribution;
    assert.deepEqual(order, ['click', 'click', 'click', 'attribution']);
    assert.equal((await attribution).curves.length, 4);
  });

  it('stops an attribution that is cancelled, and answers the next question at once', async () => {
    const { copyModel, client } = start();
    const source = sourceOf(copyModel('a'), { text: longText(60) });
    await overviewOf(real, source);
    const controller = new AbortController();
    let runs = 0;
    const answer = client.attention(
      source,
      'attribution',
      { unit: 'token' },
      {
        signal: controller.signal,
        onProgress: ({ kind }) => kind === 'run' && ++runs === 3 && controller.abort(),
      },
    );
    await assert.rejects(answer, hasCode('cancelled'));
    let total = 0;
    await client.attention(
      source,
      'importance',
      {},
      { onProgress: (progress) => (total = progress.kind === 'run' ? progress.total : total) },
    );
    assert.equal(total, 8);
    assert.ok(runs < 100, `${runs} runs`);
  });

  it('is worked out again when the process was killed in the middle', async () => {
    const { copyModel, client, lines } = start();
    const source = sourceOf(copyModel('a'), { text: longText(60) });
    const before = await mapOf(real, source, { layer: 1 });
    const { pid } = await client.info();
    const answers = [
      client.attention(source, 'attribution', { unit: 'word' }),
      mapOf(real, source, { layer: 1 }),
    ] as const;
    process.kill(pid, 'SIGKILL');
    const [attribution, after] = await Promise.all(answers);
    assert.deepEqual(after, before);
    assert.equal(attribution.units.length, attribution.drops.length);
    assert.notEqual((await client.info()).pid, pid);
    assert.ok(lines.some((line) => line.includes('attention is made again')));
  });

  it('lets maps go under its budget and works them out again, the same', async () => {
    // A budget of 8 MB for maps; those of 128 tokens take 135 KB.
    const { copyModel, client } = start({ memoryLimitMb: 128, precision: 'fp32' });
    const model = copyModel('a');
    const source = (index: number): ReturnType<typeof sourceOf> =>
      sourceOf(model, { text: longText(130, String(index)) });
    const first = await mapOf(real, source(0));
    for (let index = 1; index < 80; index++) await mapOf(real, source(index));
    const again = await overviewOf(real, source(0));
    // Held maps need no graph: then this is 0.
    assert.ok(again.ms.edit > 0);
    assert.deepEqual(await mapOf(real, source(0)), first);
    assert.equal((await client.info()).models.length, 0);
  });

  it('makes room for another model by letting one go that nobody looks at', async () => {
    const { copyModel, lines } = start({ memoryLimitMb: 128 });
    for (const name of ['a', 'b', 'a']) await overviewOf(real, sourceOf(copyModel(name)));
    const opened = lines.filter((line) => line.includes('opened')).map((line) => line.split('/').at(-3));
    assert.deepEqual(opened, ['a', 'b', 'a']);
  });

  it('refuses a model that alone is over the memory limit', async () => {
    const { copyModel } = start({ memoryLimitMb: 50 });
    await assert.rejects(overviewOf(real, sourceOf(copyModel('a'))), hasCode('memory-exhausted'));
  });

  it('refuses a text whose largest head does not fit into memory, and says the numbers', async () => {
    const { copyModel } = start({ memoryLimitMb: 103 });
    const answer = overviewOf(real, sourceOf(copyModel('a'), { text: longText(130) }));
    await assert.rejects(answer, hasCode('attention-memory'));
  });

  it('puts other sessions out when there is no memory for one more', async () => {
    // Room for one session: heads are switched off in the place of the maps' session, which then comes back.
    const { copyModel, client } = start({ memoryLimitMb: 150 });
    const source = sourceOf(copyModel('a'));
    const before = await mapOf(real, source);
    const { stacks } = await client.attention(source, 'importance', {});
    assert.equal(stacks[0]?.drops.length, 8);
    const other = await mapOf(real, { ...source, text: 'Another text.' });
    assert.equal(
      other.rows,
      (await overviewOf(real, { ...source, text: 'Another text.' })).source.ids.length,
    );
    assert.deepEqual(await mapOf(real, source), before);
  });

  it('is exported to a file as a whole, over another only when told so, and not at all when cancelled', async () => {
    const { copyModel, client } = start();
    const model = copyModel('a');
    const file = path.join(model, 'maps.npz');
    const at = { stack: 'encoder', layer: 0, head: 0 } as const;
    const figure = { theme: 'light', scale: 1, words: false, view: 'matrix', at } as const;
    const params = { format: 'npz', file, overwrite: false, figure } as const;
    const { bytes } = await client.attention(sourceOf(model), 'export', params);
    assert.equal(statSync(file).size, bytes);
    await assert.rejects(client.attention(sourceOf(model), 'export', params), hasCode('file-exists'));
    const over = await client.attention(sourceOf(model), 'export', { ...params, overwrite: true });
    assert.equal(over.bytes, bytes);
    const controller = new AbortController();
    const source = sourceOf(model, { text: longText(60) });
    const other = { ...params, file: path.join(model, 'other.npz') };
    const before = readdirSync(model);
    const answer = client.attention(source, 'export', other, { signal: controller.signal });
    controller.abort();
    await assert.rejects(answer, hasCode('cancelled'));
    await overviewOf(real, source);
    await until(() => Promise.resolve(readdirSync(model).length === before.length));
  });

  it('is under way once when two ask for the same', async () => {
    const { copyModel } = start();
    const source = sourceOf(copyModel('a'), { text: longText(60) });
    const overviews = await Promise.all([overviewOf(real, source), overviewOf(real, source)]);
    assert.equal(overviews.filter(({ ms }) => ms.load > 0).length, 1);
    await until(async () => (await real.client.info()).queued === 0);
  });
});
