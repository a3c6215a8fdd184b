import { execFile } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { exists, foldersIn } from '../../core/models/files.ts';
import { usualPythons } from '../../core/models/starters/pip.ts';
import type { Setting } from '../setting.ts';
import type { Finding } from './finding.ts';

/** Python is needed only for starters on demand and for training. */
export async function examinePython(setting: Setting): Promise<readonly Finding[]> {
  return [await python(), await trainer(setting)];
}

async function python(): Promise<Finding> {
  for (const [command = '', ...first] of usualPythons(process.platform)) {
    // From the folder of this Node, because Python looks for modules where it is started.
    const answer = await answerOf(
      command,
      [...first, '-m', 'pip', '--version'],
      path.dirname(process.execPath),
    );
    if (answer !== undefined) return { state: 'ok', what: 'Python', detail: `${command}: ${answer.trim()}` };
  }
  const detail =
    'none with pip found. It is needed for starters on demand and for training: install Python 3.10 or newer.';
  return { state: 'note', what: 'Python', detail };
}

/** Undefined when the command is not there or fails. */
function answerOf(command: string, args: readonly string[], cwd: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(command, [...args], { cwd, timeout: 20_000 }, (error, stdout) => {
      resolve(error === null ? stdout : undefined);
    });
  });
}

/** The environment that scripts/trainerVenv.mjs makes, where scripts/lib/cache.mjs keeps such things. */
async function trainer({ root, environment }: Setting): Promise<Finding> {
  const what = 'trainer environment';
  const script = path.join(root, 'scripts', 'trainerVenv.mjs');
  if (!(await exists(script)))
    return { state: 'note', what, detail: 'training comes with the source code of Loupe' };
  const userCache = environment['XDG_CACHE_HOME'] ?? path.join(os.homedir(), '.cache');
  const cache = environment['LOUPE_DEV_CACHE'] ?? path.join(userCache, 'loupe-dev');
  for (const folder of (await foldersIn(cache)).filter((name) => name.startsWith('trainer-')))
    if (await exists(path.join(cache, folder, 'loupe-complete')))
      return { state: 'ok', what, detail: path.join(cache, folder) };
  return {
    state: 'note',
    what,
    detail: `not made yet: node ${path.relative(process.cwd(), script) || script}`,
  };
}
