// A cache that all clones of one user share. An entry appears at once and whole, or not at all.
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';

/** Where downloads for development are kept: LOUPE_DEV_CACHE, or a folder of the user's cache. */
export const cacheFolder = () =>
  process.env['LOUPE_DEV_CACHE'] ??
  path.join(process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'), 'loupe-dev');

const lockLifeMs = 20 * 60_000;
const stamp = '.done';

/** @param {string} folder */
const exists = async (folder) => {
  try {
    await stat(folder);
    return true;
  } catch {
    return false;
  }
};

/** Whether the process that wrote the lock file still runs. @param {string} lock */
const isHeld = async (lock) => {
  try {
    const [pid, time] = (await readFile(path.join(lock, 'pid'), 'utf8')).split(' ').map(Number);
    if (pid === undefined || time === undefined || Date.now() - time > lockLifeMs) return false;
    process.kill(pid, 0);
    return true;
  } catch (error) {
    const code = /** @type {NodeJS.ErrnoException} */ (error).code;
    if (code === 'EPERM') return true;
    // The lock's owner is between mkdir and writing its pid: held, unless it died right there.
    if (code === 'ENOENT') return Date.now() - (await stat(lock)).mtimeMs < 5000;
    return false;
  }
};

/**
 * Runs `work` while no other process holds the lock; waits for a holder that lives.
 * @template T
 * @param {string} lock
 * @param {() => Promise<T>} work
 * @param {(text: string) => void} log
 * @returns {Promise<T>}
 */
export const withLock = async (lock, work, log) => {
  await mkdir(path.dirname(lock), { recursive: true });
  for (let told = false; ;) {
    try {
      await mkdir(lock);
      break;
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
    }
    if (!(await isHeld(lock).catch(() => false))) {
      await rm(lock, { recursive: true, force: true });
      continue;
    }
    if (!told) log(`Waiting for another process that holds ${lock}`);
    told = true;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  try {
    await writeFile(path.join(lock, 'pid'), `${process.pid} ${Date.now()}`);
    return await work();
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
};

/**
 * Returns the folder of a cache entry, made by `fill` when it is not there yet. `fill` works in a folder beside it, which is
 * renamed when done: a process that dies half way leaves nothing that looks like an entry.
 * @param {string} name
 * @param {(folder: string) => Promise<void>} fill
 * @param {(text: string) => void} log
 */
export const cached = async (name, fill, log) => {
  const folder = path.join(cacheFolder(), name);
  if (await exists(path.join(folder, stamp))) return folder;
  return withLock(
    `${folder}.lock`,
    async () => {
      if (await exists(path.join(folder, stamp))) return folder;
      const partial = `${folder}.partial`;
      await rm(partial, { recursive: true, force: true });
      await rm(folder, { recursive: true, force: true });
      await mkdir(partial, { recursive: true });
      await fill(partial);
      await writeFile(path.join(partial, stamp), new Date().toISOString());
      await rename(partial, folder);
      return folder;
    },
    log,
  );
};
