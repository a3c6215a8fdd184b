// npm test [-- levels and parts of file names]: installs what is missing, runs the levels, counts.
import { availableParallelism } from 'node:os';
import { lint, types } from './levels/checks.mjs';
import { host, ui } from './levels/editor.mjs';
import { parity, unit } from './levels/node.mjs';
import { trainer } from './levels/trainer.mjs';
import { webviews } from './levels/webviews.mjs';
import { ensureBrowser } from './lib/browser.mjs';
import { SkipError, sum } from './lib/outcome.mjs';
import { build, checkNode, ensurePackages } from './lib/packages.mjs';
import { createRunner } from './lib/processes.mjs';
import { ensureTrainerVenv } from './trainerVenv.mjs';
import { ensureVscodeHost } from './lib/vscodeHost.mjs';

/** @typedef {import('./lib/outcome.mjs').Outcome} Outcome */

const levels = [types, lint, unit, webviews, parity, host, ui, trainer];

const log = (/** @type {string} */ text) => console.log(text);

/** Makes a function that does its work at the first call only. @template T @param {() => Promise<T>} work */
const once = (work) => {
  /** @type {Promise<T> | undefined} */
  let result;
  return () => (result ??= work());
};

/** @param {import('./lib/processes.mjs').Runner} runner @returns {import('./lib/outcome.mjs').LevelContext} */
const createContext = (runner) => ({
  runner,
  log,
  built: once(async () => {
    const result = await build(runner);
    if (result.code !== 0) throw new Error('The build failed: its message is above.');
  }),
  python: once(async () => {
    try {
      return (await ensureTrainerVenv({ log })).python;
    } catch (error) {
      // A machine without Python runs the rest; CI has to have it.
      if (process.env['CI'] !== undefined || !(error instanceof Error)) throw error;
      throw new SkipError(error.message);
    }
  }),
  vscodeHost: once(() => ensureVscodeHost({ runner, log })),
  browser: once(async () => {
    const found = await ensureBrowser({ runner, log });
    if ('missing' in found) throw new SkipError(found.missing);
    return found.executable;
  }),
});

/**
 * @param {import('./lib/outcome.mjs').Level} level
 * @param {import('./lib/outcome.mjs').LevelContext} context
 * @returns {Promise<Outcome>}
 */
const runLevel = async (level, context) => {
  try {
    return await level.run(context);
  } catch (error) {
    if (error instanceof SkipError)
      return { passed: 0, failed: 0, skipped: [{ title: level.name, reason: error.message }] };
    log(`  FAILED ${level.name} could not run: ${error instanceof Error ? error.message : String(error)}`);
    return { passed: 0, failed: 1, skipped: [] };
  }
};

const main = async () => {
  checkNode();
  const names = process.argv.slice(2);
  const chosen = levels.filter(({ name }) => names.includes(name));
  const filters = names.filter((name) => !levels.some((level) => level.name === name));
  if (filters.length > 0) {
    if (chosen.length === 0) {
      log(`'${filters.join(' ')}' is no level. Levels: ${levels.map(({ name }) => name).join(', ')}.`);
      process.exit(2);
    }
    process.env['LOUPE_TEST_FILES'] = filters.join(' ');
  }
  const runner = createRunner();
  await ensurePackages(runner, log);
  const context = createContext(runner);
  const rows = [];
  for (const level of chosen.length > 0 ? chosen : levels) {
    log(`\n== ${level.name}: ${level.about}`);
    const started = Date.now();
    const outcome = await runLevel(level, context);
    rows.push({ level, outcome, seconds: (Date.now() - started) / 1000 });
  }

  const total = sum(rows.map(({ outcome }) => outcome));
  log(
    `\n${'level'.padEnd(9)} passed failed skipped seconds   (Node ${process.versions.node}, ${availableParallelism()} cores)`,
  );
  for (const { level, outcome, seconds } of rows) {
    const cells = [outcome.passed, outcome.failed, outcome.skipped.length].map((n, i) =>
      String(n).padStart(i + 6),
    );
    log(`${level.name.padEnd(9)} ${cells.join(' ')} ${seconds.toFixed(1).padStart(7)}`);
  }
  for (const { title, reason } of total.skipped) log(`skipped: ${title}: ${reason}`);
  const skipped = total.skipped.length === 0 ? '' : `, ${total.skipped.length} skipped`;
  log(`${total.passed} passed, ${total.failed} failed${skipped}`);
  process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);
};

await main().catch((error) => {
  // Without packages or a build nothing was tested: that is a failure with a count of its own.
  console.error(error instanceof Error ? error.message : error);
  log('0 passed, 1 failed');
  process.exit(1);
});
