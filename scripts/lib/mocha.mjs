// Runs mocha in a process of its own and believes only its result file.
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { glob } from './glob.mjs';
import { root } from './packages.mjs';

/**
 * The result file of a run, or one failure where the run did not get to write it.
 * @param {string} file
 * @param {string} what
 * @param {(text: string) => void} log
 * @returns {Promise<import('./outcome.mjs').Outcome>}
 */
export const readResult = async (file, what, log) => {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  await rm(file, { force: true });
  if (text === undefined) {
    log(
      `  FAILED ${what} ended without a result: it crashed, was ended by its time limit, or never started.`,
    );
    return { passed: 0, failed: 1, skipped: [] };
  }
  const outcome = /** @type {import('./outcome.mjs').Outcome} */ (JSON.parse(text));
  if (outcome.passed + outcome.failed + outcome.skipped.length > 0) return outcome;
  log(`  FAILED ${what} ran no test.`);
  return { passed: 0, failed: 1, skipped: [] };
};

/** A result file's path that no other run uses. @param {string} level */
export const resultPath = (level) => path.join(tmpdir(), `loupe-${level}-${process.pid}-${Date.now()}.json`);

/**
 * @param {string} level
 * @param {string} folder under test/
 * @param {import('./outcome.mjs').LevelContext} context
 * @param {{ env?: Record<string, string>, limitMs: number, testMs: number }} options testMs: limit of one test
 * @returns {Promise<import('./outcome.mjs').Outcome>}
 */
export const runMocha = async (level, folder, { runner, log }, { env = {}, limitMs, testMs }) => {
  const filter = process.env['LOUPE_TEST_FILES'] ?? '';
  const files = (await glob(path.join(root, folder), '.test.ts')).filter((file) => file.includes(filter));
  if (files.length === 0) {
    log(`  no test files under ${folder}`);
    return { passed: 0, failed: 0, skipped: [] };
  }
  const result = resultPath(level);
  const mocha = [
    ...['--import', 'tsx', 'node_modules/mocha/bin/mocha.js', '--reporter', 'scripts/lib/mochaReporter.cjs'],
    ...['--timeout', String(testMs), ...files.map((file) => path.relative(root, file))],
  ];
  const ended = await runner.run(process.execPath, mocha, {
    cwd: root,
    timeoutMs: limitMs,
    env: { LOUPE_TEST_RESULT: result, ...env },
  });
  const outcome = await readResult(result, level, log);
  if (ended.timedOut && outcome.failed === 0) {
    log(`  FAILED ${level}: all tests ended, but the process did not within ${limitMs / 60_000} minutes.`);
    return { ...outcome, failed: 1 };
  }
  if (ended.code !== 0 && outcome.failed === 0) {
    log(`  FAILED ${level}: no test failed, but mocha ended with code ${ended.code}.`);
    return { ...outcome, failed: 1 };
  }
  return outcome;
};
