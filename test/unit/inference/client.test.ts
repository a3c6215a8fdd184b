import assert from 'node:assert/strict';
import type { FakeClient } from './fakeClient.ts';
import { settings } from './inferenceFixture.ts';
import { ask, fakeClient, hasCode, isAlive, until } from './fakeClient.ts';

describe('inference client', function () {
  this.timeout(60_000);
  let fake: FakeClient | undefined;
  const start = (...args: Parameters<typeof fakeClient>): FakeClient => (fake = fakeClient(...args));
  afterEach(() => {
    fake?.dispose();
    fake = undefined;
  });

  const labelOf = async (client: FakeClient['client'], text: string): Promise<string | undefined> => {
    const response = await client.run(ask(text));
    return response.task === 'text-classification' ? response.results[0]?.label : undefined;
  };

  it('starts no process before the first call', async () => {
    const { client, starts } = start('work');
    assert.equal(client.state, 'idle');
    await client.configure(settings());
    assert.deepEqual(starts(), []);
    assert.equal(await labelOf(client, 'hello'), 'hello');
    assert.equal(starts().length, 1);
  });

  it('starts one process for many calls at once, as Node and without flags of the host', async () => {
    const { client, starts, states } = start('work');
    const labels = await Promise.all(['a', 'b', 'c'].map((text) => labelOf(client, text)));
    assert.deepEqual(labels, ['a', 'b', 'c']);
    assert.equal(starts().length, 1);
    const { onnxruntime, tokenizers } = await client.info();
    assert.equal(tokenizers, '1');
    assert.deepEqual((JSON.parse(onnxruntime) as { execArgv: unknown }).execArgv, []);
    assert.deepEqual(states, ['starting', 'busy', 'ready']);
  });

  it('answers a request whose process died under it, from the next process', async () => {
    const { client, starts, states } = start('die-on-run,work');
    assert.deepEqual(await Promise.all(['a', 'b'].map((text) => labelOf(client, text))), ['a', 'b']);
    assert.equal(starts().length, 2);
    assert.ok(states.includes('restarting'));
  });

  it('fails a request whose process died twice under it, instead of trying for ever', async () => {
    const { client, starts } = start('die-on-run');
    await assert.rejects(client.run(ask('x')), hasCode('inference-crashed'));
    assert.equal(starts().length, 2);
  });

  it('gives up after three restarts in a row, says so, and starts again when asked to', async () => {
    const { client, starts } = start('die,die,die,die,work');
    await assert.rejects(client.run(ask('x')), hasCode('inference-gave-up'));
    assert.equal(client.state, 'failed');
    await assert.rejects(client.run(ask('x')), hasCode('inference-gave-up'));
    assert.equal(starts().length, 4);
    await client.restart();
    assert.equal(client.state, 'ready');
    assert.equal(await labelOf(client, 'back'), 'back');
  });

  it('counts failures anew after a request was answered', async () => {
    const { client, starts } = start('die,die,die,work');
    assert.equal(await labelOf(client, 'a'), 'a');
    process.kill(starts().at(-1)!, 'SIGKILL');
    await until(() => client.state === 'idle');
    assert.equal(await labelOf(client, 'b'), 'b');
  });

  it('waits longer before each restart in a row', async () => {
    const { client } = start('die', { backOff: [50, 100, 200] });
    const begin = performance.now();
    await assert.rejects(client.run(ask('x')), hasCode('inference-gave-up'));
    assert.ok(performance.now() - begin >= 350);
  });

  it('replaces a process that does not become ready in time', async () => {
    const { client, starts } = start('mute,work', { handshake: 3000 });
    assert.equal(await labelOf(client, 'a'), 'a');
    assert.equal(starts().length, 2);
    assert.equal(isAlive(starts()[0]!), false);
  });

  it('gives up on a process that refuses the handshake again and again', async () => {
    const { client } = start('refuse');
    await assert.rejects(client.run(ask('x')), hasCode('inference-gave-up'));
  });

  it('fails a request that stays without a sign of life, ends that process, and goes on with a new one', async () => {
    const { client, starts } = start('hang,work', { silence: 1500 });
    await assert.rejects(client.run(ask('x')), hasCode('inference-timeout'));
    await until(() => !isAlive(starts()[0]!));
    assert.equal(await labelOf(client, 'a'), 'a');
  });

  it('ends a process by force that does not want to end', async () => {
    const { client, starts } = start('stubborn');
    await client.info();
    const [pid] = starts();
    client.dispose();
    await until(() => !isAlive(pid!));
  });

  it('lets go of a cancelled request at once and tells the process', async () => {
    const { client } = start('work');
    await client.info();
    const controller = new AbortController();
    const answer = client.run(ask('never'), { signal: controller.signal });
    setTimeout(() => controller.abort(), 50);
    await assert.rejects(answer, hasCode('cancelled'));
    await until(
      async () => (JSON.parse((await client.info()).onnxruntime) as { cancelled: number }).cancelled === 1,
    );
  });

  it('starts no process for a request that was cancelled before', async () => {
    const { client, starts } = start('work');
    await assert.rejects(client.run(ask('x'), { signal: AbortSignal.abort() }), hasCode('cancelled'));
    assert.deepEqual(starts(), []);
  });

  it('cancels a request that still waits for its process', async () => {
    const { client } = start('mute');
    const controller = new AbortController();
    const answer = client.run(ask('x'), { signal: controller.signal });
    setTimeout(() => controller.abort(), 50);
    await assert.rejects(answer, hasCode('cancelled'));
  });

  it('passes progress on to the request it belongs to', async () => {
    const { client } = start('work');
    const seen: unknown[] = [];
    const others: unknown[] = [];
    await Promise.all([
      client.run(ask('progress'), { onProgress: (progress) => seen.push(progress) }),
      client.run(ask('a'), { onProgress: (progress) => others.push(progress) }),
    ]);
    assert.deepEqual(seen, [
      { kind: 'run', done: 1, total: 2 },
      { kind: 'run', done: 2, total: 2 },
    ]);
    assert.deepEqual(others, []);
  });

  it('rejects with the error that the process threw, code, details and words', async () => {
    const { client } = start('work');
    await assert.rejects(client.run(ask('error')), {
      name: 'LoupeError',
      code: 'model-load-failed',
      details: { model: 'fake', reason: 'its file is damaged' },
      message: 'fake could not be loaded: its file is damaged',
    });
    assert.equal(client.state, 'ready');
  });

  it('leaves nothing pending and no process when disposed', async () => {
    const { client, starts } = start('work');
    await client.info();
    const answer = client.run(ask('never'));
    client.dispose();
    await assert.rejects(answer, hasCode('cancelled'));
    await assert.rejects(client.run(ask('x')), hasCode('cancelled'));
    await until(() => !isAlive(starts()[0]!));
  });

  it('makes requests again that were under way when a person restarts the process', async () => {
    const { client, starts } = start('hang,work');
    const answer = labelOf(client, 'a');
    await until(() => client.state === 'busy');
    await client.restart();
    assert.equal(await answer, 'a');
    assert.equal(starts().length, 2);
  });

  it('restarts also while a start is under way', async () => {
    const { client, starts } = start('mute,work');
    const answer = labelOf(client, 'a');
    await until(() => starts().length === 1);
    await client.restart();
    assert.equal(await answer, 'a');
    assert.equal(starts().length, 2);
  });

  it('tells settings to a running process', async () => {
    const { client } = start('work');
    await client.initialize(settings());
    const { onnxruntime } = await client.info();
    assert.equal((JSON.parse(onnxruntime) as { configured: number }).configured, 1);
  });

  it('says of what a process died when it cannot start', async () => {
    const { client } = start('throw');
    await assert.rejects(client.run(ask('x')), (thrown: Error) => {
      assert.ok(hasCode('inference-gave-up')(thrown));
      assert.match(thrown.message, /exit code 1: Error: Cannot find module 'onnxruntime-node'/);
      return true;
    });
  });

  it('logs when a process started and ended, how long it lived and why it ended', async () => {
    const { client, lines, starts } = start('die-on-run,work');
    await client.run(ask('x'));
    const [pid] = starts();
    assert.ok(lines.some((line) => line.startsWith(`info [inference ${pid!}] started `)));
    assert.ok(
      lines.some((line) =>
        new RegExp(`warn \\[inference ${pid!}\\] ended after [\\d.]+ s: exit code 5`).test(line),
      ),
    );
  });
});
