import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, link, open, rename, rm, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { LoupeError } from '../../../shared/errors.ts';

type Chunks = AsyncIterable<Uint8Array | string>;

/**
 * Writes a file as a whole or not at all: beside it first, under its name when all is there. What would keep it from being
 * saved is found before anything is worked out; without `overwrite` a file that came meanwhile is not replaced either. A process
 * that is killed leaves the file beside (`.part`), never an empty one under the name.
 * Returns its size in bytes. Throws `file-exists`, `export-unwritable`, `disk-full`, or what `chunks` throws.
 */
export async function writeWhole(
  file: string,
  overwrite: boolean,
  chunks: () => Promise<Chunks>,
  signal: AbortSignal | undefined,
): Promise<number> {
  if (!overwrite && (await isThere(file))) throw new LoupeError('file-exists', { file });
  const beside = `${file}.${randomBytes(4).toString('hex')}.part`;
  try {
    const target = (await open(beside, 'wx')).createWriteStream();
    try {
      await pipeline(Readable.from(await chunks(), { objectMode: false }), target, {
        ...(signal && { signal }),
      });
    } finally {
      target.destroy();
    }
    const { size } = await stat(beside);
    if (overwrite) await rename(beside, file);
    else await place(beside, file);
    return size;
  } catch (error) {
    await rm(beside, { force: true });
    throw explain(file, error);
  }
}

async function isThere(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    // Whatever else is wrong with the place shows when the file is written.
    () => false,
  );
}

/** Gives the file its name unless there is one of that name: a second link where the file system has links, else a copy. */
async function place(beside: string, file: string): Promise<void> {
  try {
    await link(beside, file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') throw error;
    await copyFile(beside, file, constants.COPYFILE_EXCL);
  }
  await rm(beside);
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
