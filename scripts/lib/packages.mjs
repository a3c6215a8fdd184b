// npm: the clone's own packages, and how npm itself is started.
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '../..');

/** The oldest Node that all tools here take (mocha 12, eslint 10 and undici ask for it). */
const oldestNode = [20, 19];

/** Stops with a sentence when this Node is too old. */
export const checkNode = () => {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [wantMajor = 0, wantMinor = 0] = oldestNode;
  if (major > wantMajor || (major === wantMajor && minor >= wantMinor)) return;
  console.error(`Loupe needs Node ${oldestNode.join('.')} or newer; this is ${process.versions.node}.`);
  process.exit(1);
};

/** The stamp that says which package-lock.json node_modules was installed from. */
const stampFile = path.join(root, 'node_modules/.loupe-lock');

/**
 * Runs `npm ci` when node_modules is not there or was installed from another package-lock.json.
 * @param {import('./processes.mjs').Runner} runner
 * @param {(text: string) => void} log
 */
export const ensurePackages = async (runner, log) => {
  const lock = createHash('sha256')
    .update(await readFile(path.join(root, 'package-lock.json')))
    .digest('hex');
  const installed = await readFile(stampFile, 'utf8').catch(() => '');
  if (installed === lock) return;
  log(
    installed === ''
      ? 'Installing the npm packages that package-lock.json names (about 190 MB to download, once) ...'
      : 'package-lock.json has changed: installing its npm packages ...',
  );
  const result = await runner.run('npm', ['ci', '--loglevel=error'], { cwd: root, timeoutMs: 15 * 60_000 });
  if (result.code !== 0)
    throw new Error('npm ci failed: its message is above. Nothing else can run before it succeeds.');
  await writeFile(stampFile, lock);
};

/**
 * Bundles the sources into dist/, and lets `npx loupe` start the command line there.
 * @param {import('./processes.mjs').Runner} runner
 * @param {string[]} [flags] for esbuild.config.mjs
 * @returns {Promise<import('./processes.mjs').RunResult>}
 */
export const build = async (runner, flags = []) => {
  const bundled = await runner.run(process.execPath, ['esbuild.config.mjs', ...flags], { cwd: root });
  if (bundled.code !== 0) return bundled;
  const { makeCliExecutable } = await import('../linkCli.mjs');
  await makeCliExecutable();
  return bundled;
};
