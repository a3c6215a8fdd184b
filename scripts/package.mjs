// npm run package [-- TARGET... | all]: makes dist/loupe-TARGET-VERSION.vsix, this machine's target when none is named.
import { mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ensurePackages, build, checkNode, root } from './lib/packages.mjs';
import { createRunner } from './lib/processes.mjs';
import { writeNotices } from './lib/notices.mjs';
import { bundles, natives, stage } from './lib/vsixContents.mjs';

/** @typedef {import('./lib/vsixContents.mjs').Target} Target */

const targets = /** @type {Target[]} */ (Object.keys(natives));

/** @param {string[]} names @returns {Target[]} */
const chooseTargets = (names) => {
  if (names.includes('all')) return targets;
  const wanted = names.length > 0 ? names : [`${process.platform}-${process.arch}`];
  return wanted.map((name) => {
    const target = targets.find((known) => known === name);
    if (target === undefined) throw new Error(`'${name}' is no target. Targets: ${targets.join(', ')}, all.`);
    return target;
  });
};

/**
 * The folder of an npm package: the installed one, or one fetched from npm when npm left it out because it is for another platform.
 * @param {import('./lib/processes.mjs').Runner} runner
 * @param {string} scratch
 */
const packageFinder = (runner, scratch) => async (/** @type {string} */ name) => {
  const installed = path.join(root, 'node_modules', name);
  if ((await stat(installed).catch(() => undefined)) !== undefined) return installed;
  const lock = JSON.parse(await readFile(path.join(root, 'package-lock.json'), 'utf8'));
  const version = lock.packages[`node_modules/${name}`]?.version;
  if (version === undefined) throw new Error(`package-lock.json does not know ${name}.`);
  console.log(`Fetching ${name}@${version} ...`);
  const folder = path.join(scratch, name);
  await mkdir(folder, { recursive: true });
  const packed = await runner.run('npm', ['pack', `${name}@${version}`, '--silent'], {
    cwd: folder,
    quiet: true,
  });
  if (packed.code !== 0) throw new Error(`npm pack ${name} failed:\n${packed.output}`);
  const archive = packed.output.trim().split('\n').at(-1) ?? '';
  const unpacked = await runner.run('tar', ['-xzf', archive], { cwd: folder });
  if (unpacked.code !== 0) throw new Error(`${archive} could not be unpacked.`);
  return path.join(folder, 'package');
};

const main = async () => {
  checkNode();
  const wanted = chooseTargets(process.argv.slice(2));
  const runner = createRunner();
  await ensurePackages(runner, console.log);
  const built = await build(runner, ['--production']);
  if (built.code !== 0) throw new Error('The production build failed: its message is above.');
  const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
  const scratch = await mkdtemp(path.join(tmpdir(), 'loupe-package-'));
  try {
    for (const target of wanted) {
      const folder = path.join(scratch, target);
      await stage(folder, target, packageFinder(runner, path.join(scratch, 'fetched')));
      await writeNotices(folder, bundles);
      const out = path.join(root, `dist/loupe-${target}-${version}.vsix`);
      const flags = ['--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links'];
      const vsce = [path.join(root, 'node_modules/@vscode/vsce/vsce'), 'package', ...flags];
      const packed = await runner.run(process.execPath, [...vsce, '--target', target, '--out', out], {
        cwd: folder,
        quiet: true,
      });
      if (packed.code !== 0) throw new Error(`vsce could not pack ${target}:\n${packed.output}`);
      console.log(`${path.relative(root, out)}: ${((await stat(out)).size / 2 ** 20).toFixed(1)} MiB`);
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
};

await main().catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
