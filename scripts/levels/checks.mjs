// The levels that run a tool over the tree: each tool counts as one test.
import { access } from 'node:fs/promises';
import path from 'node:path';
import { root } from '../lib/packages.mjs';
import { SkipError, sum } from '../lib/outcome.mjs';

const toolLimitMs = 5 * 60_000;
const bin = (/** @type {string} */ name) => path.join(root, 'node_modules', name);

/**
 * Runs one tool; its output is shown only when it finds something.
 * @param {import('../lib/outcome.mjs').LevelContext} context
 * @param {string} title
 * @param {[string, ...string[]]} command
 * @returns {Promise<import('../lib/outcome.mjs').Outcome>}
 */
const check = async ({ runner, log }, title, [command, ...args]) => {
  const result = await runner.run(command, args, { cwd: root, quiet: true, timeoutMs: toolLimitMs });
  const isFine = result.code === 0;
  const end = result.timedOut ? ` (no end within ${toolLimitMs / 60_000} minutes)` : '';
  log(`  ${isFine ? 'ok' : 'FAILED'} ${title}${end} (${result.seconds.toFixed(1)} s)`);
  if (!isFine) log(result.output.trimEnd());
  return { passed: isFine ? 1 : 0, failed: isFine ? 0 : 1, skipped: [] };
};

/** @type {import('../lib/outcome.mjs').Level} */
export const types = {
  name: 'types',
  about: 'the TypeScript projects, sources and tests, and the scripts',
  limitMs: toolLimitMs,
  run: (context) => check(context, 'tsc -b', [process.execPath, bin('typescript/bin/tsc'), '-b']),
};

/** @param {import('../lib/outcome.mjs').LevelContext} context */
const ruff = async (context) => {
  try {
    const python = await context.python();
    return [
      await check(context, 'ruff check', [python, '-m', 'ruff', 'check', 'trainer']),
      await check(context, 'ruff format --check', [python, '-m', 'ruff', 'format', '--check', 'trainer']),
    ];
  } catch (error) {
    if (!(error instanceof SkipError)) throw error;
    return [{ passed: 0, failed: 0, skipped: [{ title: 'ruff', reason: error.message }] }];
  }
};

/** @type {import('../lib/outcome.mjs').Level} */
export const lint = {
  name: 'lint',
  about: 'eslint, prettier, knip, ruff',
  limitMs: 6 * toolLimitMs,
  run: async (context) => {
    const node = process.execPath;
    const outcomes = [
      await check(context, 'eslint', [node, bin('eslint/bin/eslint.js'), '.', '--max-warnings', '0']),
      await check(context, 'prettier --check', [node, bin('prettier/bin/prettier.cjs'), '--check', '.']),
      await check(context, 'knip', [node, bin('knip/bin/knip.js')]),
    ];
    const hasTrainer = await access(path.join(root, 'trainer/pyproject.toml')).then(
      () => true,
      () => false,
    );
    if (hasTrainer) outcomes.push(...(await ruff(context)));
    return sum(outcomes);
  },
};
