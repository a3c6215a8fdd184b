import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { inOrder } from '../../../src/cli/run/inOrder.ts';

async function* numbers(count: number, pauseMs = 0): AsyncGenerator<number> {
  for (let index = 0; index < count; index++) {
    if (pauseMs > 0) await delay(pauseMs);
    yield index;
  }
}

async function collect<T>(source: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const item of source) all.push(item);
  return all;
}

describe('many inputs at once', () => {
  it('give their results in order, whichever is done first', async () => {
    const results = inOrder(numbers(20), 6, async (index) => {
      await delay((index * 7) % 5);
      return index;
    });
    assert.deepEqual(
      await collect(results),
      Array.from({ length: 20 }, (_, index) => index),
    );
  });

  it('are never more than allowed, and as many', async () => {
    let running = 0;
    let most = 0;
    const results = inOrder(numbers(30), 4, async () => {
      most = Math.max(most, ++running);
      await delay(1);
      running--;
    });
    await collect(results);
    assert.equal(most, 4);
  });

  it('show a result before the next input has arrived', async () => {
    let asked = 0;
    const results = inOrder(
      (async function* () {
        for await (const number of numbers(2, 40)) {
          asked++;
          yield number;
        }
      })(),
      8,
      (index) => Promise.resolve(index),
    );
    assert.equal((await results.next()).value, 0);
    assert.equal(asked, 1);
  });

  it('fail as their source fails', async () => {
    async function* broken(): AsyncGenerator<number> {
      yield await Promise.resolve(1);
      throw new Error('the disk is gone');
    }
    await assert.rejects(
      collect(inOrder(broken(), 2, (index) => Promise.resolve(index))),
      /the disk is gone/,
    );
  });
});
