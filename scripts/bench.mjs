// npm run bench [-- --model FOLDER] [--write]: builds, makes the benchmark's model and texts once, measures, prints a table.
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { cacheFolder } from './lib/cache.mjs';
import { root } from './lib/packages.mjs';
import { ensureTrainerVenv } from './trainerVenv.mjs';

const { values } = parseArgs({ options: { model: { type: 'string' }, write: { type: 'boolean' } } });
const run = (/** @type {string} */ command, /** @type {string[]} */ args) =>
  execFileSync(command, args, { cwd: root, stdio: 'inherit' });

const { python } = await ensureTrainerVenv({ log: console.log });
const folder = path.join(cacheFolder(), 'bench');
run(process.execPath, ['esbuild.config.mjs', '--production']);
run(python, ['test/bench/prepare.py', folder]);
const model = path.resolve(values.model ?? path.join(folder, 'model'));
run(process.execPath, [
  '--import',
  'tsx',
  'test/bench/main.ts',
  python,
  folder,
  model,
  ...(values.write ? ['--write'] : []),
]);
