// The trainer's tests: pytest in its virtual environment.
import { readFile, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { resultPath } from '../lib/mocha.mjs';
import { root } from '../lib/packages.mjs';

const attribute = (/** @type {string} */ tag, /** @type {string} */ name) =>
  new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1] ?? '';

/**
 * Reads pytest's JUnit file: the suite's counts, and each skipped test with its reason.
 * @param {string} xml
 * @returns {import('../lib/outcome.mjs').Outcome}
 */
const parseJUnit = (xml) => {
  const suite = /<testsuite\b[^>]*>/.exec(xml)?.[0] ?? '';
  const count = (/** @type {string} */ name) => Number(attribute(suite, name));
  const skipped = [...xml.matchAll(/(<testcase\b[^>]*>)\s*(<skipped\b[^>]*>)/g)].map(
    ([, test = '', skip = '']) => ({
      title: `${attribute(test, 'classname')} ${attribute(test, 'name')}`,
      reason: attribute(skip, 'message'),
    }),
  );
  const failed = count('failures') + count('errors');
  return { passed: count('tests') - failed - count('skipped'), failed, skipped };
};

/** @type {import('../lib/outcome.mjs').Level} */
export const trainer = {
  name: 'trainer',
  about: 'the Python package: recipes, training, export',
  limitMs: 20 * 60_000,
  run: async (context) => {
    const result = resultPath('trainer').replace(/json$/, 'xml');
    const args = ['-m', 'pytest', '-q', '-ra', '--color=no', `--junitxml=${result}`, 'tests'];
    const ended = await context.runner.run(await context.python(), args, {
      cwd: path.join(root, 'trainer'),
      timeoutMs: trainer.limitMs,
      env: {
        // Idle OpenMP threads would spin on the cores that the tests need.
        OMP_WAIT_POLICY: 'passive',
        GOMP_SPINCOUNT: '0',
        OMP_NUM_THREADS: String(availableParallelism()),
        HF_HUB_OFFLINE: '1',
        PYTHONPATH: 'src',
        TOKENIZERS_PARALLELISM: 'false',
      },
    });
    const xml = await readFile(result, 'utf8').catch(() => undefined);
    await rm(result, { force: true });
    if (xml === undefined) {
      context.log('  FAILED trainer: pytest ended without a result.');
      return { passed: 0, failed: 1, skipped: [] };
    }
    const outcome = parseJUnit(xml);
    if (outcome.passed + outcome.failed > 0 && (ended.code === 0 || outcome.failed > 0)) return outcome;
    context.log(
      `  FAILED trainer: pytest ended with code ${ended.code} after ${outcome.passed} passed tests.`,
    );
    return { ...outcome, failed: outcome.failed + 1 };
  },
};
