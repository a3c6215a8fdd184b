import { randomUUID } from 'node:crypto';
import { readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import { errorCode, isMissing } from '../files.ts';
import { isJsonObject } from '../jsonFile.ts';
import { abortableDelay } from './retry.ts';

/** A lock whose holder gave no sign of life for this long, in ms, is taken over. */
const deadAfterMs = 60_000;
const signOfLifeMs = 10_000;
const pollMs = 200;

/**
 * Waits until no other process (or call) holds `<file>.lock`, then holds it. Returns what releases it. The holder
 * touches the lock file while it lives; a dead holder's lock is taken over. Should two waiters take over the same dead
 * lock at once, both may work on the same partial file: the checksum of the finished file finds that out. `onWait` is
 * called some times a second while another holds it.
 *
 * Throws LoupeError `cancelled`.
 */
export async function lockFile(
  file: string,
  signal: AbortSignal | undefined,
  onWait: () => Promise<void>,
): Promise<() => Promise<void>> {
  const lock = `${file}.lock`;
  const token = randomUUID();
  const content = JSON.stringify({ token, pid: process.pid, host: os.hostname() });
  while (!(await create(lock, content))) {
    if (await isDead(lock)) await rm(lock, { force: true });
    else {
      await onWait();
      await abortableDelay(pollMs, signal);
    }
  }
  const timer = setInterval(() => void touch(lock), signOfLifeMs);
  timer.unref();
  return async () => {
    clearInterval(timer);
    // After a takeover (this process slept) the lock is another's.
    if ((await read(lock)) === content) await rm(lock, { force: true });
  };
}

async function create(lock: string, content: string): Promise<boolean> {
  try {
    await writeFile(lock, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

async function isDead(lock: string): Promise<boolean> {
  try {
    const { mtimeMs } = await stat(lock);
    if (Date.now() - mtimeMs > deadAfterMs) return true;
  } catch (error) {
    // Released meanwhile: the next attempt to create it tells.
    if (isMissing(error)) return false;
    throw error;
  }
  const holder = parseHolder(await read(lock));
  return holder !== undefined && holder.host === os.hostname() && !isAlive(holder.pid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, and belongs to another user.
    return errorCode(error) !== 'ESRCH';
  }
}

function parseHolder(
  content: string | undefined,
): { readonly pid: number; readonly host: string } | undefined {
  // An empty file is one that its holder has created and not yet written.
  if (content === undefined || content === '') return undefined;
  const value = parse(content);
  if (!isJsonObject(value)) return undefined;
  const { pid, host } = value;
  return typeof pid === 'number' && typeof host === 'string' ? { pid, host } : undefined;
}

function parse(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

async function read(lock: string): Promise<string | undefined> {
  try {
    return await readFile(lock, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

async function touch(lock: string): Promise<void> {
  const now = new Date();
  try {
    await utimes(lock, now, now);
  } catch {
    // A lock that cannot be touched looks dead after a while and is taken over, which the checksum covers.
  }
}
