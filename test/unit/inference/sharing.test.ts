import assert from 'node:assert/strict';
import { createDeferred } from '../../../src/shared/deferred.ts';
import { LoupeError } from '../../../src/shared/errors.ts';
import type { Tenant } from '../../../src/inference/server/memoryRoom.ts';
import { MemoryRoom, sessionBytes } from '../../../src/inference/server/memoryRoom.ts';
import { SharedWork } from '../../../src/inference/server/sharedWork.ts';
import { hasCode } from './fakeClient.ts';

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const megabyte = 1 << 20;

describe('work that several wait for', () => {
  function begin() {
    const end = createDeferred<string>();
    let tell: (progress: number) => void = () => undefined;
    let stop: AbortSignal | undefined;
    const work = new SharedWork<string, number>((signal, onProgress) => {
      stop = signal;
      tell = onProgress;
      return end.promise;
    });
    return { work, end, tell: (value: number) => tell(value), isStopped: () => stop?.aborted };
  }

  it('gives its result and progress to all', async () => {
    const { work, end, tell } = begin();
    const seen: number[] = [];
    const answers = [work.join(), work.join(undefined, (value) => seen.push(value))];
    tell(1);
    end.resolve('done');
    assert.deepEqual(await Promise.all(answers), ['done', 'done']);
    assert.equal(await work.join(), 'done');
    assert.deepEqual(seen, [1]);
  });

  it('goes on while one still waits, and stops when the last one leaves', async () => {
    const { work, isStopped } = begin();
    const [first, second] = [new AbortController(), new AbortController()];
    const answers = [first, second].map(({ signal }) => work.join(signal));
    const rejected = answers.map((answer) => assert.rejects(answer, hasCode('cancelled')));
    first.abort();
    await rejected[0];
    assert.equal(isStopped(), false);
    second.abort();
    await rejected[1];
    assert.equal(isStopped(), true);
    assert.equal(work.isAbandoned, true);
  });

  it('fails for all who wait, and never as an unhandled rejection when nobody does', async () => {
    const { work, end } = begin();
    const rejected = assert.rejects(work.join(), hasCode('model-load-failed'));
    end.reject(new LoupeError('model-load-failed', { model: 'm', reason: 'r' }));
    await rejected;
    const alone = begin();
    alone.end.reject(new Error('nobody listens'));
    await settled();
  });
});

describe('room for models', () => {
  const evicted: string[] = [];
  afterEach(() => (evicted.length = 0));
  const never = new AbortController().signal;

  const tenant = (name: string, mb: number, lastUsed = 0): Tenant & { isIdle: boolean } => ({
    bytes: mb * megabyte,
    lastUsed,
    isIdle: true,
    evict: () => Promise.resolve(void evicted.push(name)),
  });

  it('lets the one go that was not used for longest, and no more than needed', async () => {
    const room = new MemoryRoom(100);
    await room.reserve(tenant('new', 40, 2), 'new', never);
    await room.reserve(tenant('old', 40, 1), 'old', never);
    await room.reserve(tenant('next', 50, 3), 'next', never);
    assert.deepEqual(evicted, ['old']);
  });

  it('waits for one at work to become idle, first come first served', async () => {
    const room = new MemoryRoom(100);
    const busy = tenant('busy', 80);
    busy.isIdle = false;
    await room.reserve(busy, 'busy', never);
    const order: string[] = [];
    const waiting = ['a', 'b'].map((name) =>
      room.reserve(tenant(name, 50), name, never).then(() => order.push(name)),
    );
    const passing = room.passLine().then(() => order.push('passed'));
    await settled();
    assert.deepEqual(order, []);
    busy.isIdle = true;
    room.notify();
    await Promise.all([...waiting, passing]);
    assert.deepEqual(order, ['a', 'b', 'passed']);
    assert.deepEqual(evicted, ['busy']);
  });

  it('refuses what is over the limit by itself without letting others go', async () => {
    const room = new MemoryRoom(100);
    await room.reserve(tenant('a', 40), 'a', never);
    await assert.rejects(room.reserve(tenant('huge', 101), 'huge', never), {
      code: 'memory-exhausted',
      details: { model: 'huge', needed: 101, limit: 100 },
    });
    assert.deepEqual(evicted, []);
    assert.equal(room.sessionsThatFit(0), 0);
  });

  it('lets one who waits leave, and the next one in', async () => {
    const room = new MemoryRoom(100);
    const busy = { ...tenant('busy', 80), isIdle: false };
    await room.reserve(busy, 'busy', never);
    const controller = new AbortController();
    const leaving = room.reserve(tenant('a', 50), 'a', controller.signal);
    const staying = room.reserve(tenant('b', 20), 'b', never);
    controller.abort();
    await assert.rejects(leaving, hasCode('cancelled'));
    await staying;
  });

  it('counts further sessions of a model that fit beside the others', async () => {
    const room = new MemoryRoom(500);
    await room.reserve(tenant('a', 100), 'a', never);
    assert.equal(room.sessionsThatFit(23 * megabyte), 2);
    assert.equal(sessionBytes(23 * megabyte), 142 * megabyte);
  });
});
