import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';

/** What a file must be, as far as it is known beforehand. */
export interface Expected {
  readonly bytes?: number;
  readonly sha256?: string;
  /** Git's id of the content: sha1 of `blob <bytes>\0` and the content. */
  readonly gitSha1?: string;
}

/**
 * Whether a file on the disk is what was expected. It is read back whole, so that what two processes or a failing disk
 * made of it is found as well as what the network did.
 */
export async function isAsExpected(file: string, expected: Expected, signal?: AbortSignal): Promise<boolean> {
  const { size } = await stat(file);
  if (expected.bytes !== undefined && size !== expected.bytes) return false;
  if (expected.sha256 !== undefined)
    return (await digest(file, 'sha256', '', signal)) === expected.sha256.toLowerCase();
  if (expected.gitSha1 !== undefined)
    return (await digest(file, 'sha1', `blob ${size}\0`, signal)) === expected.gitSha1.toLowerCase();
  return true;
}

/** A file's sha256 in hexadecimal. */
export async function sha256Of(file: string, signal?: AbortSignal): Promise<string> {
  return digest(file, 'sha256', '', signal);
}

async function digest(
  file: string,
  algorithm: 'sha1' | 'sha256',
  prefix: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  const hash = createHash(algorithm).update(prefix);
  const stream = createReadStream(file, signal === undefined ? {} : { signal });
  for await (const chunk of stream) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
