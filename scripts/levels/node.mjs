// The levels that mocha runs in plain Node.
import path from 'node:path';
import { cacheFolder } from '../lib/cache.mjs';
import { runMocha } from '../lib/mocha.mjs';
import { root } from '../lib/packages.mjs';
import { ensureParityModels } from '../lib/parityModels.mjs';

/** @type {import('../lib/outcome.mjs').Level} */
export const unit = {
  name: 'unit',
  about: 'shared, core, inference and cli in plain Node',
  limitMs: 10 * 60_000,
  run: async (context) => {
    await context.built();
    return runMocha('unit', 'test/unit', context, { limitMs: unit.limitMs, testMs: 20_000 });
  },
};

/** @type {import('../lib/outcome.mjs').Level} */
export const parity = {
  name: 'parity',
  about: "the same answers as Python's pipelines on the same weights",
  limitMs: 15 * 60_000,
  run: async (context) => {
    await context.built();
    const models = path.join(cacheFolder(), 'models');
    await installGrammar(context, models);
    const python = await context.python();
    const env = {
      LOUPE_PYTHON: python,
      LOUPE_PARITY_MODELS: JSON.stringify(await ensureParityModels(context, python)),
      PYTHONPATH: path.join(root, 'trainer/src'),
      LOUPE_CACHE: models,
    };
    return runMocha('parity', 'test/parity', context, { env, limitMs: parity.limitMs, testMs: 5 * 60_000 });
  },
};

/**
 * Installs the one starter that others made, as a person would; kept for the next run. Without it, its tests skip
 * and say so.
 * @param {import('../lib/outcome.mjs').LevelContext} context
 * @param {string} models
 */
const installGrammar = async ({ runner, log }, models) => {
  const command = ['dist/cli.mjs', 'models', 'install', 'starter:grammar-en'];
  const env = { LOUPE_CACHE: models };
  const ended = await runner.run(process.execPath, command, {
    cwd: root,
    env,
    quiet: true,
    timeoutMs: 5 * 60_000,
  });
  if (ended.code !== 0) log(`  starter:grammar-en could not be installed:\n${ended.output.trimEnd()}`);
};
