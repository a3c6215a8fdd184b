import { setTimeout as sleep } from 'node:timers/promises';

const stepMs = 100;

/**
 * Asks again until the answer is neither undefined nor false.
 * @throws what `describe` says after `limitMs`
 */
export const until = async <T>(
  ask: () => Promise<T | undefined | false>,
  describe: () => string | Promise<string>,
  limitMs = 45_000,
): Promise<T> => {
  for (const deadline = Date.now() + limitMs; ;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > deadline) throw new Error(`${await describe()} (after ${limitMs / 1000} s)`);
    await sleep(stepMs);
  }
};
