import assert from 'node:assert/strict';
import { readFile, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { lockFile } from '../../../src/core/models/hub/fileLock.ts';
import { exists } from '../../../src/core/models/files.ts';
import { temporaryFolders } from './modelFolders.ts';

const idle = (): Promise<void> => Promise.resolve();

/** A process id that nobody has: Linux, macOS and Windows stay far below. */
const deadPid = 2 ** 30 + 1;

describe('the lock of a download', () => {
  const folders = temporaryFolders();
  afterEach(folders.removeAll);
  let file: string;
  beforeEach(async () => {
    file = path.join(await folders.make(), 'model.onnx');
  });

  it('is held by one at a time, and waiting is shown', async () => {
    const release = await lockFile(file, undefined, idle);
    let waits = 0;
    let isSecondIn = false;
    const countWait = (): Promise<void> => {
      waits++;
      return Promise.resolve();
    };
    const second = lockFile(file, undefined, countWait).then((releaseSecond) => {
      isSecondIn = true;
      return releaseSecond;
    });
    await delay(50);
    assert.deepEqual([isSecondIn, waits > 0], [false, true]);
    await release();
    await (
      await second
    )();
    assert.equal(await exists(`${file}.lock`), false);
  });

  it('does not outlive a process that died on this machine', async () => {
    await writeFile(`${file}.lock`, JSON.stringify({ token: 'x', pid: deadPid, host: os.hostname() }));
    await (
      await lockFile(file, undefined, () => assert.fail('it waited for the dead'))
    )();
  });

  it('of another machine counts while it gives signs of life, and no longer', async () => {
    await writeFile(`${file}.lock`, JSON.stringify({ token: 'x', pid: deadPid, host: 'elsewhere' }));
    const abort = new AbortController();
    const cancel = (): Promise<void> => {
      abort.abort();
      return Promise.resolve();
    };
    await assert.rejects(lockFile(file, abort.signal, cancel), { code: 'cancelled' });
    const longAgo = new Date(Date.now() - 120_000);
    await utimes(`${file}.lock`, longAgo, longAgo);
    await (
      await lockFile(file, undefined, () => assert.fail('it waited for the dead'))
    )();
  });

  it('is left alone by a holder from whom it was taken', async () => {
    const release = await lockFile(file, undefined, idle);
    await writeFile(`${file}.lock`, 'of another');
    await release();
    assert.equal(await readFile(`${file}.lock`, 'utf8'), 'of another');
  });
});
