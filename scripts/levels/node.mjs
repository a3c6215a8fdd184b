// The levels that mocha runs in plain Node.
import path from 'node:path';
import { runMocha } from '../lib/mocha.mjs';
import { root } from '../lib/packages.mjs';

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
    const env = { LOUPE_PYTHON: await context.python(), PYTHONPATH: path.join(root, 'trainer/src') };
    return runMocha('parity', 'test/parity', context, { env, limitMs: parity.limitMs, testMs: 5 * 60_000 });
  },
};
