// npm run bench [-- --model FOLDER] [--only GROUP] [--write]: builds, makes what is measured once, measures, prints tables.
// Groups: tasks, attention.
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBertviz } from './lib/bertviz.mjs';
import { ensureBrowser } from './lib/browser.mjs';
import { cacheFolder } from './lib/cache.mjs';
import { root } from './lib/packages.mjs';
import { createRunner } from './lib/processes.mjs';
import { ensureTrainerVenv } from './trainerVenv.mjs';

const { values } = parseArgs({
  options: { model: { type: 'string' }, only: { type: 'string' }, write: { type: 'boolean' } },
});
const groups = ['tasks', 'attention'].filter((name) => values.only === undefined || values.only === name);
if (groups.length === 0) throw new Error(`'${values.only ?? ''}' is no group: tasks or attention`);

/** @param {string} command @param {string[]} args @param {Record<string, string>} [env] */
const run = (command, args, env = {}) =>
  execFileSync(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });

const context = { runner: createRunner(), log: console.log };
const { python } = await ensureTrainerVenv(context);
const folder = path.join(cacheFolder(), 'bench');
run(process.execPath, ['esbuild.config.mjs', '--production']);
run(python, ['test/bench/prepare.py', folder]);
/** @type {Record<string, string>} */
const env = {};
if (groups.includes('attention')) {
  run(python, ['test/bench/attentionPrepare.py', folder]);
  const browser = await ensureBrowser(context);
  if ('missing' in browser) throw new Error(browser.missing);
  env['LOUPE_BENCH_BROWSER'] = browser.executable;
  env['LOUPE_BENCH_BERTVIZ'] = await ensureBertviz(context, python);
}
const model = path.resolve(values.model ?? path.join(folder, 'model'));
const main = ['--import', 'tsx', 'test/bench/main.ts', python, folder, model, groups.join(',')];
run(process.execPath, [...main, ...(values.write ? ['--write'] : [])], env);
