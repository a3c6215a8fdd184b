import { statSync } from 'node:fs';

/**
 * Changes when a file is written anew: a model trained again into the same folder must not be answered from memory.
 * Synchronous, because every request asks: a turn through the thread pool takes 0.2 ms, a tenth of all that Loupe adds
 * to a run, the call itself 0.01 ms.
 */
export function fileStamp(file: string): string {
  try {
    const { mtimeMs, size } = statSync(file);
    return `${mtimeMs}:${size}`;
  } catch (thrown) {
    // Loading it again will tell what is wrong, and where.
    return `unreadable: ${String(thrown)}`;
  }
}
