import assert from 'node:assert/strict';
import { LoupeError } from '../../../src/shared/errors.ts';
import type { Slot } from '../../../src/core/scheduler/scheduler.ts';
import { LaneSet } from '../../../src/inference/server/laneSet.ts';

class FakeLane {
  readonly threads: number;
  readonly die: (reason: string) => void;
  isClosed = false;

  constructor(threads: number, die: (reason: string) => void) {
    this.threads = threads;
    this.die = die;
  }
  run = (): Promise<readonly string[]> => Promise.resolve([]);
  close = (): Promise<void> => {
    this.isClosed = true;
    return Promise.resolve();
  };
}

function create(failFrom = Infinity) {
  const lanes: FakeLane[] = [];
  const attached = new Map<unknown, Slot>();
  const failures: string[] = [];
  const set = new LaneSet<string, string, FakeLane>({
    group: 'm',
    soloRows: true,
    threads: 4,
    attach: (slot, lane) => {
      attached.set(lane, slot);
      return { detach: () => Promise.resolve(void attached.delete(lane)) };
    },
    start: ({ threads }, die) => {
      const lane = new FakeLane(threads, die);
      lanes.push(lane);
      return lanes.length >= failFrom
        ? Promise.reject(new LoupeError('model-load-failed', { model: 'm', reason: 'no memory' }))
        : Promise.resolve(lane);
    },
    onDidFail: (reason) => void failures.push(reason.code),
    log: () => undefined,
  });
  const serves = () => lanes.map((lane) => attached.get(lane)?.serves.join('+') ?? 'none');
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  return { set, lanes, failures, serves, attached, settled };
}

describe('the lanes of a model', () => {
  it('begin with one of several threads, which takes all work', async () => {
    const { set, lanes, serves, attached } = create();
    await set.open();
    assert.deepEqual(
      [lanes.map(({ threads }) => threads), serves(), set.size],
      [[4], ['interactive+bulk'], 1],
    );
    assert.equal(attached.get(lanes[0])?.soloRows, true);
  });

  it('get single-threaded ones beside it for bulk work, and the first keeps itself free', async () => {
    const { set, lanes, serves, settled } = create();
    await set.open();
    set.spread(2);
    set.spread(2);
    assert.equal(set.size, 3);
    await settled();
    assert.deepEqual(
      lanes.map(({ threads }) => threads),
      [4, 1, 1],
    );
    assert.deepEqual(serves(), ['interactive', 'bulk', 'bulk']);
  });

  it('stay one when there is no room for two more', async () => {
    const { set, serves } = create();
    await set.open();
    set.spread(1);
    assert.deepEqual([set.size, serves()], [1, ['interactive+bulk']]);
  });

  it('go on with the first when no bulk lane can be started', async () => {
    const { set, serves, settled, failures } = create(2);
    await set.open();
    set.spread(2);
    await settled();
    assert.deepEqual([set.size, serves(), failures], [1, ['interactive+bulk', 'none', 'none'], []]);
  });

  it('go back to one when bulk work is over, and spread again when there is more', async () => {
    const { set, lanes, serves, settled } = create();
    await set.open();
    set.spread(2);
    set.contract();
    await settled();
    assert.deepEqual(serves(), ['interactive+bulk', 'none', 'none']);
    assert.deepEqual(
      lanes.map(({ isClosed }) => isClosed),
      [false, true, true],
    );
    assert.deepEqual([set.size, set.isSpread], [1, false]);
    set.spread(2);
    await settled();
    assert.deepEqual(serves(), ['interactive', 'none', 'none', 'bulk', 'bulk']);
  });

  it('are replaced when they die, by one like them', async () => {
    const { set, lanes, serves, settled, failures } = create();
    await set.open();
    set.spread(2);
    await settled();
    lanes[0]!.die('killed');
    lanes[2]!.die('killed');
    await settled();
    assert.deepEqual(serves(), ['none', 'bulk', 'none', 'interactive', 'bulk']);
    assert.deepEqual(
      lanes.map(({ threads }) => threads),
      [4, 1, 1, 4, 1],
    );
    assert.deepEqual(failures, []);
  });

  it('say so when one that died cannot be replaced', async () => {
    const { set, lanes, settled, failures } = create(2);
    await set.open();
    lanes[0]!.die('killed');
    await settled();
    assert.deepEqual(failures, ['model-load-failed']);
  });

  it('are all closed together, also those that are just starting', async () => {
    const { set, lanes, attached } = create();
    await set.open();
    set.spread(2);
    await set.close();
    assert.deepEqual(
      lanes.map(({ isClosed }) => isClosed),
      [true, true, true],
    );
    assert.equal(attached.size, 0);
  });
});
