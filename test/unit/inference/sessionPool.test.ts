import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { ByteLru } from '../../../src/inference/server/attention/byteLru.ts';
import { SessionPool } from '../../../src/inference/server/attention/sessionPool.ts';
import { transferOf } from '../../../src/inference/server/attention/transfer.ts';
import { createDeferred } from '../../../src/shared/deferred.ts';
import { until } from './fakeClient.ts';

describe('sessions of one model', () => {
  let log: string[];
  let counts: number[];
  let isGranted: boolean;
  beforeEach(() => {
    log = [];
    counts = [];
    isGranted = true;
  });

  function pool(linger = 10_000): SessionPool<{ release(): Promise<void> }> {
    return new SessionPool({
      open: (kind) => {
        log.push(`open ${kind}`);
        if (kind === 'broken') return Promise.reject(new Error('broken'));
        return Promise.resolve({ release: () => Promise.resolve(void log.push(`release ${kind}`)) });
      },
      staying: 'maps',
      linger,
      grant: () => Promise.resolve(isGranted),
      onDidChange: (count) => void counts.push(count),
    });
  }

  const nothing = (): Promise<void> => Promise.resolve();

  it('are opened once each, also when two ask at the same time', async () => {
    const sessions = pool();
    await Promise.all([sessions.use('maps', nothing), sessions.use('maps', nothing)]);
    await sessions.use('gates', nothing);
    assert.deepEqual(log, ['open maps', 'open gates']);
    await sessions.close();
    assert.deepEqual(log.slice(2), ['release maps', 'release gates']);
  });

  it('go after a while, but for the one that stays', async () => {
    const sessions = pool(5);
    await sessions.use('maps', nothing);
    await sessions.use('gates', nothing);
    await until(() => Promise.resolve(log.includes('release gates')));
    await sleep(20);
    assert.ok(!log.includes('release maps'));
    assert.equal(counts.at(-1), 1);
  });

  it('take the place of one that nobody uses when there is no memory', async () => {
    const sessions = pool();
    isGranted = false;
    await sessions.use('maps', nothing);
    await sessions.use('gates', nothing);
    assert.deepEqual(log, ['open maps', 'release maps', 'open gates']);
  });

  it('wait for one that is in use when there is no memory', async () => {
    const sessions = pool();
    isGranted = false;
    const end = createDeferred<undefined>();
    const first = sessions.use('maps', () => end.promise);
    const second = sessions.use('gates', nothing);
    await sleep(5);
    assert.deepEqual(log, ['open maps']);
    end.resolve(undefined);
    await Promise.all([first, second]);
    assert.deepEqual(log, ['open maps', 'release maps', 'open gates']);
  });

  it('that cannot be opened are tried again the next time', async () => {
    const sessions = pool();
    await assert.rejects(sessions.use('broken', nothing), /broken/);
    await assert.rejects(sessions.use('broken', nothing), /broken/);
    assert.deepEqual(log, ['open broken', 'open broken']);
  });
});

describe('what is kept under a number of bytes', () => {
  it('is what was used last', () => {
    const kept = new ByteLru<string>(10);
    kept.set('a', 'A', 4);
    kept.set('b', 'B', 4);
    assert.equal(kept.get('a'), 'A');
    kept.set('c', 'C', 4);
    assert.deepEqual([kept.get('a'), kept.get('b'), kept.get('c'), kept.bytes], ['A', undefined, 'C', 8]);
    kept.set('large', 'L', 20);
    assert.deepEqual([kept.get('a'), kept.get('large'), kept.bytes], [undefined, 'L', 20]);
    kept.makeRoom(10);
    assert.equal(kept.bytes, 0);
  });
});

describe('memory of an answer', () => {
  it('goes over to the other thread where it is the answer’s own, and only there', () => {
    const own = { rows: 1, columns: 4, step: 1, cells: new Uint8Array(4), scales: new Float32Array(1) };
    assert.deepEqual(transferOf('map', own), [own.cells.buffer, own.scales.buffer]);
    const part = { ...own, cells: new Uint8Array(8).subarray(0, 4) };
    assert.deepEqual(transferOf('map', part), [own.scales.buffer]);
    assert.deepEqual(transferOf('summaries', []), []);
  });
});
