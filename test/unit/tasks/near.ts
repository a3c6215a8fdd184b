import assert from 'node:assert/strict';

/** Asserts that two scores are equal but for the float32 of the logits. */
export function near(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) < 1e-6, `${actual} is not ${expected}`);
}
