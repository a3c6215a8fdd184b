import { stat } from 'node:fs/promises';

/** Changes when a file is written anew: a model trained again into the same folder must not be answered from memory. */
export async function fileStamp(file: string): Promise<string> {
  try {
    const { mtimeMs, size } = await stat(file);
    return `${mtimeMs}:${size}`;
  } catch (thrown) {
    // Loading it again will tell what is wrong, and where.
    return `unreadable: ${String(thrown)}`;
  }
}
