import { access, readdir, readFile } from 'node:fs/promises';
import { LoupeError } from '../../shared/errors.ts';

/** A UTF-8 file's text without byte order mark; undefined when there is no such file. */
export async function readTextFile(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).replace(/^\uFEFF/, '');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw unreadable(error, file);
  }
}

/** Whether a file system call failed because there is nothing at that path. */
export function isMissing(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** Node's `code` of a system error, e.g. `ENOENT`. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Whether there is anything at a path. */
export async function exists(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw unreadable(error, file);
  }
}

/** Names of the folders (and links) in a folder; none when it is not there. */
export async function foldersIn(directory: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
      .map((entry) => entry.name);
  } catch (error) {
    if (isMissing(error)) return [];
    throw unreadable(error, directory);
  }
}

/** A file or folder that is there and cannot be read: `model-file-invalid` with the system's reason. */
export function unreadable(error: unknown, file: string): LoupeError {
  const reason = errorCode(error) ?? (error instanceof Error ? error.message : String(error));
  return new LoupeError('model-file-invalid', { file, reason }, { cause: error });
}
