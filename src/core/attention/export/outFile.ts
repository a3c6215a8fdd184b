import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { LoupeError } from '../../../shared/errors.ts';

type Chunks = AsyncIterable<Uint8Array | string>;

/**
 * Writes a file as a whole or not at all: beside it first, renamed when all is there. Without `overwrite` the name is taken
 * before anything is worked out, so that nobody waits for an export that cannot be saved, and no file that came meanwhile is lost.
 * Returns its size in bytes. Throws `file-exists`, `export-unwritable`, `disk-full`, or what `chunks` throws.
 */
export async function writeWhole(
  file: string,
  overwrite: boolean,
  chunks: () => Promise<Chunks>,
  signal: AbortSignal | undefined,
): Promise<number> {
  const isReserved = !overwrite && (await reserve(file));
  const beside = `${file}.${randomBytes(4).toString('hex')}.part`;
  try {
    await pipeline(
      Readable.from(await chunks(), { objectMode: false }),
      createWriteStream(beside, { flags: 'wx' }),
      { ...(signal && { signal }) },
    );
    const { size } = await stat(beside);
    await rename(beside, file);
    return size;
  } catch (error) {
    await rm(beside, { force: true });
    if (isReserved) await rm(file, { force: true });
    throw explain(file, error);
  }
}

async function reserve(file: string): Promise<boolean> {
  try {
    await (await open(file, 'wx')).close();
    return true;
  } catch (error) {
    throw explain(file, error);
  }
}

const unwritable: ReadonlySet<string> = new Set([
  'EACCES',
  'EPERM',
  'EROFS',
  'ENOENT',
  'ENOTDIR',
  'EISDIR',
  'ENAMETOOLONG',
  'EBUSY',
]);

function explain(file: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error && 'syscall' in error ? String(error.code) : '';
  if (code === 'EEXIST') return new LoupeError('file-exists', { file }, { cause: error });
  if (code === 'ENOSPC' || code === 'EDQUOT') return new LoupeError('disk-full', { file }, { cause: error });
  if (unwritable.has(code))
    return new LoupeError('export-unwritable', { file, reason: code }, { cause: error });
  return error;
}
