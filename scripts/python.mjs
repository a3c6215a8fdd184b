// npm run python -- ARGUMENTS: the trainer's Python, made when it is missing, with loupe_trainer on its path.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { root } from './lib/packages.mjs';
import { ensureTrainerVenv } from './trainerVenv.mjs';

const { python } = await ensureTrainerVenv({ log: (/** @type {string} */ text) => console.error(text) });
const sources = path.join(root, 'trainer/src');
const child = spawn(python, process.argv.slice(2), {
  stdio: 'inherit',
  env: {
    ...process.env,
    PYTHONPATH: [sources, process.env['PYTHONPATH']].filter(Boolean).join(path.delimiter),
  },
});
// A stop is for the training, which writes a checkpoint first: wait for it to end.
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM']))
  process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal === null ? 0 : 1);
});
