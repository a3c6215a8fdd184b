import assert from 'node:assert/strict';
import { useFakeTimers } from 'sinon';
import { IdleTimer } from '../../../src/inference/server/idleTimer.ts';

describe('idle timer', () => {
  it('calls once, a while after the last one left, and not while anybody is in', () => {
    const clock = useFakeTimers();
    try {
      let calls = 0;
      const timer = new IdleTimer(1000, () => calls++);
      timer.enter();
      timer.enter();
      timer.leave();
      clock.tick(5000);
      assert.equal(calls, 0);
      timer.leave();
      clock.tick(900);
      timer.enter();
      clock.tick(5000);
      assert.equal(calls, 0);
      timer.leave();
      clock.tick(1000);
      clock.tick(5000);
      assert.equal(calls, 1);
    } finally {
      clock.restore();
    }
  });
});
