// The levels that need a real VS Code.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { readResult, resultPath, runMocha } from '../lib/mocha.mjs';
import { SkipError } from '../lib/outcome.mjs';
import { root } from '../lib/packages.mjs';

/** @type {import('../lib/outcome.mjs').Level} */
export const host = {
  name: 'host',
  about: 'the extension in a real extension host',
  limitMs: 15 * 60_000,
  run: async (context) => {
    await context.built();
    const result = resultPath('host');
    const ended = await context.runner.run(
      process.execPath,
      ['--import', 'tsx', 'test/host/harness/run.ts'],
      {
        cwd: root,
        timeoutMs: host.limitMs,
        env: { LOUPE_TEST_RESULT: result, ...(await hostEnvironment(context)) },
      },
    );
    const outcome = await readResult(result, 'host', context.log);
    if (ended.code === 0 || outcome.failed > 0) return outcome;
    context.log(`  FAILED host: no test failed, but the editor ended with code ${ended.code}.`);
    return { ...outcome, failed: 1 };
  },
};

/** @type {import('../lib/outcome.mjs').Level} */
export const ui = {
  name: 'ui',
  about: 'what a person sees and clicks, in the real workbench',
  limitMs: 25 * 60_000,
  run: async (context) => {
    await context.built();
    await mkdir(path.join(root, 'test/ui/screenshots'), { recursive: true });
    const env = { ...(await hostEnvironment(context)), LOUPE_PYTHON: await pythonOrNothing(context) };
    return runMocha('ui', 'test/ui', context, { env, limitMs: ui.limitMs, testMs: 150_000 });
  },
};

/**
 * Some tests read back with numpy what was exported; without Python those skip, and say so.
 * @param {import('../lib/outcome.mjs').LevelContext} context
 */
const pythonOrNothing = async (context) => {
  try {
    return await context.python();
  } catch (error) {
    if (error instanceof SkipError) return '';
    throw error;
  }
};

/**
 * Tells the tests which VS Code and which browser to use, installing both when they are missing.
 * @param {import('../lib/outcome.mjs').LevelContext} context
 */
const hostEnvironment = async (context) => ({
  LOUPE_TEST_BROWSER: await context.browser(),
  LOUPE_TEST_HOST: JSON.stringify(await context.vscodeHost()),
});
