import assert from 'node:assert/strict';
import { LoupeError } from '../../../src/shared/errors.ts';
import type { Priority } from '../../../src/shared/taskProtocol.ts';
import type { Row } from './fakeRunner.ts';
import { FakeRunner, createScheduler, row, rows, settled } from './fakeRunner.ts';

const both: readonly Priority[] = ['interactive', 'bulk'];
const slot = (group = 'm', serves = both, soloRows = false) => ({ group, serves, soloRows });
const bulk = (list: readonly Row[], group = 'm') => ({ group, priority: 'bulk', rows: list }) as const;
const interactive = (list: readonly Row[], group = 'm') =>
  ({ group, priority: 'interactive', rows: list }) as const;
const hasCode = (code: string) => (thrown: unknown) => thrown instanceof LoupeError && thrown.code === code;

describe('scheduler', () => {
  it('gives each request its own results, in the order of its rows, however they were batched', async () => {
    const scheduler = createScheduler({ tokenBudget: 100 });
    const runner = new FakeRunner();
    const first = scheduler.submit(bulk([row('a', 5), row('b', 30), row('c', 7)]));
    const second = scheduler.submit(bulk([row('d', 28), row('e', 4)]));
    scheduler.attach(slot(), runner);
    await settled();
    while (runner.isRunning) await runner.finish();
    assert.deepEqual(await first, ['A', 'B', 'C']);
    assert.deepEqual(await second, ['D', 'E']);
    assert.deepEqual(runner.batches, [
      ['b', 'd', 'c'],
      ['a', 'e'],
    ]);
  });

  it('puts rows of like length together and keeps rows times longest within the budget', async () => {
    const scheduler = createScheduler({ tokenBudget: 60 });
    const runner = new FakeRunner();
    scheduler.attach(slot(), runner);
    const lengths = new Map([10, 29, 30, 11, 9, 28, 100].map((length) => [`r${length}`, length]));
    const answer = scheduler.submit(bulk([...lengths].map(([name, length]) => row(name, length))));
    await settled();
    while (runner.isRunning) await runner.finish();
    await answer;
    assert.deepEqual(runner.batches, [['r100'], ['r30', 'r29'], ['r28', 'r11'], ['r10', 'r9']]);
  });

  it('mixes rows of several requests of a model in one batch, never those of two models', async () => {
    const scheduler = createScheduler({ tokenBudget: 1000 });
    const one = new FakeRunner();
    const other = new FakeRunner();
    const answers = [
      scheduler.submit(bulk([row('a1')], 'a')),
      scheduler.submit(bulk([row('b1')], 'b')),
      scheduler.submit(bulk([row('a2')], 'a')),
    ];
    scheduler.attach(slot('a'), one);
    scheduler.attach(slot('b'), other);
    await settled();
    await one.finish();
    await other.finish();
    await Promise.all(answers);
    assert.deepEqual([one.batches, other.batches], [[['a1', 'a2']], [['b1']]]);
  });

  it('runs rows one at a time where batch mates would change the result', async () => {
    const scheduler = createScheduler({ tokenBudget: 1000 });
    const runner = new FakeRunner();
    scheduler.attach(slot('m', both, true), runner);
    const answer = scheduler.submit(bulk(rows('a', 3)));
    await settled();
    while (runner.isRunning) await runner.finish();
    await answer;
    assert.deepEqual(
      runner.batches.map((batch) => batch.length),
      [1, 1, 1],
    );
  });

  it('lets a person overtake bulk work at the next batch', async () => {
    const scheduler = createScheduler();
    const runner = new FakeRunner();
    scheduler.attach(slot(), runner);
    const work = scheduler.submit(bulk(rows('b', 4)));
    await settled();
    const asked = scheduler.submit(interactive([row('now')]));
    await runner.finish();
    await runner.finish();
    assert.deepEqual(await asked, ['NOW']);
    assert.deepEqual(runner.batches.slice(0, 2), [['b0', 'b1'], ['now']]);
    await runner.finish();
    assert.equal((await work).length, 4);
  });

  it('answers people in the order in which they asked', async () => {
    const scheduler = createScheduler({ tokenBudget: 10 });
    const runner = new FakeRunner();
    scheduler.attach(slot(), runner);
    const answers = ['first', 'second', 'third'].map((name, index) =>
      scheduler.submit(interactive([row(name, 10 + index)])),
    );
    await settled();
    while (runner.isRunning) await runner.finish();
    await Promise.all(answers);
    assert.deepEqual(runner.batches, [['first'], ['second'], ['third']]);
  });

  it('keeps bulk lanes still while interactive work runs, also that of another model', async () => {
    const scheduler = createScheduler();
    const [desk, lane] = [new FakeRunner(), new FakeRunner()];
    scheduler.attach(slot('a', ['interactive']), desk);
    scheduler.attach(slot('b', ['bulk']), lane);
    const asked = scheduler.submit(interactive([row('now')], 'a'));
    const work = scheduler.submit(bulk([row('later')], 'b'));
    await settled();
    assert.equal(lane.isRunning, false);
    await desk.finish();
    assert.equal(lane.isRunning, true);
    await lane.finish();
    assert.deepEqual([await asked, await work], [['NOW'], ['LATER']]);
  });

  it('does not let bulk work starve under a stream of interactive work', async () => {
    const scheduler = createScheduler({ tokenBudget: 10 });
    const runner = new FakeRunner();
    scheduler.attach(slot(), runner);
    const asked = scheduler.submit(interactive(rows('i', 6)));
    const work = scheduler.submit(bulk(rows('b', 2)));
    await settled();
    while (runner.isRunning) await runner.finish();
    await Promise.all([asked, work]);
    const order = runner.batches
      .flat()
      .map((name) => name.charAt(0))
      .join('');
    assert.equal(order, 'iiibiibi');
  });

  it('runs no more bulk batches side by side than there are cores for', async () => {
    const scheduler = createScheduler({ bulkLimit: 2, tokenBudget: 10 });
    const lanes = [new FakeRunner(), new FakeRunner(), new FakeRunner()];
    lanes.forEach((lane) => scheduler.attach(slot('m', ['bulk']), lane));
    const work = scheduler.submit(bulk(rows('b', 3)));
    await settled();
    assert.equal(lanes.filter((lane) => lane.isRunning).length, 2);
    while (lanes.some((lane) => lane.isRunning)) await lanes.find((lane) => lane.isRunning)!.finish();
    assert.equal((await work).length, 3);
  });

  it('stops a cancelled request between batches and goes on with the others', async () => {
    const scheduler = createScheduler();
    const runner = new FakeRunner();
    scheduler.attach(slot(), runner);
    const controller = new AbortController();
    const cancelled = scheduler.submit({ ...bulk(rows('a', 10)), signal: controller.signal });
    const kept = scheduler.submit(bulk([row('b')]));
    await settled();
    controller.abort();
    await assert.rejects(cancelled, hasCode('cancelled'));
    assert.equal(scheduler.queued, 1);
    while (runner.isRunning) await runner.finish();
    assert.deepEqual(await kept, ['B']);
    assert.deepEqual(runner.batches, [['a0', 'a1'], ['b']]);
  });

  it('does not begin a request that was cancelled before', async () => {
    const scheduler = createScheduler();
    const submitted = scheduler.submit({ ...bulk(rows('a', 1)), signal: AbortSignal.abort() });
    await assert.rejects(submitted, hasCode('cancelled'));
    assert.equal(scheduler.queued, 0);
  });

  it('tells each request its own progress, after every batch', async () => {
    const scheduler = createScheduler();
    const runner = new FakeRunner();
    scheduler.attach(slot(), runner);
    const seen: string[] = [];
    const watch = (name: string) => (done: number, total: number) => seen.push(`${name} ${done}/${total}`);
    const answers = [
      scheduler.submit({ ...bulk(rows('a', 3)), onProgress: watch('a') }),
      scheduler.submit({ ...bulk(rows('b', 1)), onProgress: watch('b') }),
    ];
    await settled();
    while (runner.isRunning) await runner.finish();
    await Promise.all(answers);
    assert.deepEqual(seen, ['a 2/3', 'a 3/3', 'b 1/1']);
  });

  it('fails the requests of a batch that failed, and only those', async () => {
    const scheduler = createScheduler();
    const runner = new FakeRunner();
    scheduler.attach(slot(), runner);
    const failing = scheduler.submit(bulk(rows('a', 5)));
    const fine = scheduler.submit(bulk([row('b')]));
    const rejected = assert.rejects(failing, hasCode('model-run-failed'));
    await settled();
    await runner.fail(new LoupeError('model-run-failed', { model: 'm', reason: 'it broke' }));
    await rejected;
    await runner.finish();
    assert.deepEqual(await fine, ['B']);
    assert.deepEqual(runner.batches, [['a0', 'a1'], ['b']]);
  });

  it('gives a runner that leaves no further batch, and waits for its running one', async () => {
    const scheduler = createScheduler();
    const runner = new FakeRunner();
    const attached = scheduler.attach(slot(), runner);
    const work = scheduler.submit(bulk(rows('a', 4)));
    await settled();
    let isGone = false;
    const gone = attached.detach().then(() => (isGone = true));
    await settled();
    assert.equal(isGone, false);
    await runner.finish();
    await gone;
    assert.equal(runner.batches.length, 1);
    const next = new FakeRunner();
    scheduler.attach(slot(), next);
    await settled();
    await next.finish();
    assert.deepEqual(await work, ['A0', 'A1', 'A2', 'A3']);
  });

  it('fails what waits for a model whose runners are gone for good', async () => {
    const scheduler = createScheduler();
    const work = scheduler.submit(bulk(rows('a', 2)));
    scheduler.failGroup('m', new LoupeError('model-load-failed', { model: 'm', reason: 'gone' }));
    await assert.rejects(work, hasCode('model-load-failed'));
    assert.equal(scheduler.queued, 0);
  });

  it('answers a request without rows at once', async () => {
    assert.deepEqual(await createScheduler().submit(bulk([])), []);
  });
});
