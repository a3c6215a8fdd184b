import assert from 'node:assert/strict';
import { DisposableStore } from '../../../src/shared/disposable.ts';
import { Emitter } from '../../../src/shared/emitter.ts';

describe('DisposableStore', () => {
  it('lets go of everything, newest first, once', () => {
    const store = new DisposableStore();
    const order: string[] = [];
    for (const name of ['first', 'second']) store.defer(() => order.push(name));
    store.dispose();
    store.dispose();
    assert.deepEqual(order, ['second', 'first']);
  });

  it('disposes at once what is added too late', () => {
    const store = new DisposableStore();
    store.dispose();
    let isDisposed = false;
    store.add({ dispose: () => (isDisposed = true) });
    assert.equal(isDisposed, true);
  });

  it('tries all, then tells of those that failed', () => {
    const store = new DisposableStore();
    let isDisposed = false;
    store.defer(() => (isDisposed = true));
    store.defer(() => {
      throw new Error('stuck');
    });
    assert.throws(() => store.dispose(), AggregateError);
    assert.equal(isDisposed, true);
  });
});

describe('Emitter', () => {
  it('tells everyone who listens, and nobody who left', () => {
    const emitter = new Emitter<number>();
    const heard: string[] = [];
    const leaving = emitter.on((value) => heard.push(`a${value}`));
    emitter.on((value) => heard.push(`b${value}`));
    emitter.fire(1);
    leaving.dispose();
    emitter.fire(2);
    emitter.dispose();
    emitter.fire(3);
    assert.deepEqual(heard, ['a1', 'b1', 'b2']);
  });

  it('tells who subscribes while it tells only the next time', () => {
    const emitter = new Emitter<number>();
    const heard: number[] = [];
    emitter.on((value) => {
      if (value === 1) emitter.on((later) => heard.push(later));
    });
    emitter.fire(1);
    emitter.fire(2);
    assert.deepEqual(heard, [2]);
  });
});
