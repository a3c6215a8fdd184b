// Runs VS Code's server on a loopback port and writes the addresses that open its workbench.
import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';

/** Settings of every hosted window: nothing goes to the network, nothing but Loupe asks for attention. */
const quietSettings = {
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'chat.commandCenter.enabled': false,
  'git.openRepositoryInParentFolders': 'never',
  'npm.fetchOnlinePackageInfo': false,
  'json.schemaDownload.enable': false,
};

/**
 * @typedef {object} ServerOptions
 * @property {import('./vscodeHost.mjs').VscodeHost} host
 * @property {string} dataFolder user data, settings and installed extensions of this server
 * @property {Record<string, unknown>} [settings] user settings beside the quiet ones
 * @property {number} [port] a free one when absent
 * @property {Record<string, string>} [env] for the server and the extension host
 * @property {string} [extensionsFolder]
 * @property {boolean} [keepSettings] leave a settings file that is there as it is: it is a person's
 * @property {string} [token] what a page must show to be let in: everyone on this machine reaches the port, and it has a terminal
 * @property {boolean} [trustPrompt] false (the default): every folder is trusted; true: VS Code's own rules
 * @property {boolean} [testDriver] lets a page run extension tests; hides notifications
 *
 * @typedef {object} VscodeServer
 * @property {string} base http address
 * @property {() => string} output what the server has printed
 * @property {Promise<string>} ended resolves with the reason when the server ends
 * @property {() => Promise<void>} stop
 */

/** @returns {Promise<number>} */
const freePort = () =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });

const startLimitMs = 60_000;
const stopLimitMs = 8000;

/**
 * Starts the server and waits until it answers.
 * @param {ServerOptions} options
 * @returns {Promise<VscodeServer>}
 */
export const startVscodeServer = async ({ host, dataFolder, settings = {}, env = {}, ...options }) => {
  const extensionsFolder = options.extensionsFolder ?? path.join(dataFolder, 'extensions');
  const userFolder = path.join(dataFolder, 'User');
  await mkdir(extensionsFolder, { recursive: true });
  await mkdir(userFolder, { recursive: true });
  const allSettings = {
    ...quietSettings,
    ...(options.trustPrompt === true ? { 'security.workspace.trust.startupPrompt': 'never' } : {}),
    ...settings,
  };
  const flag = options.keepSettings === true ? 'wx' : 'w';
  await writeFile(path.join(userFolder, 'settings.json'), JSON.stringify(allSettings, null, 2), {
    flag,
  }).catch((/** @type {NodeJS.ErrnoException} */ error) => {
    if (error.code !== 'EEXIST') throw error;
  });

  const port = options.port ?? (await freePort());
  const flags = [
    ...['--host', '127.0.0.1', '--port', String(port)],
    ...(options.token === undefined ? ['--without-connection-token'] : ['--connection-token', options.token]),
    ...['--server-data-dir', dataFolder, '--user-data-dir', dataFolder, '--extensions-dir', extensionsFolder],
    ...['--accept-server-license-terms', '--disable-telemetry', '--disable-update-check'],
    '--disable-getting-started-override',
    ...(options.trustPrompt === true ? [] : ['--disable-workspace-trust']),
    ...(options.testDriver === true ? ['--enable-smoke-test-driver'] : []),
  ];
  const child = spawn(host.node, [host.server, ...flags], {
    env: {
      ...process.env,
      // No gallery to ask: nothing here installs extensions by name.
      EXTENSIONS_GALLERY: '{}',
      VSCODE_SKIP_PRELAUNCH: '1',
      XDG_CONFIG_HOME: path.join(dataFolder, 'xdg'),
      XDG_DATA_HOME: path.join(dataFolder, 'xdg-data'),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (/** @type {Buffer} */ chunk) => (output += chunk.toString()));
  /** @type {string | undefined} */
  let reason;
  /** @type {Promise<string>} */
  const ended = new Promise((resolve) => {
    const end = (/** @type {string} */ why) => resolve((reason = `${why}\n${output.slice(-4000)}`));
    child.on('error', (error) => end(`VS Code's server did not start: ${error.message}`));
    child.on('exit', (code, signal) => end(`VS Code's server ended (${code ?? signal}).`));
  });
  const stop = async () => {
    child.kill('SIGTERM');
    const force = setTimeout(() => child.kill('SIGKILL'), stopLimitMs);
    await ended;
    clearTimeout(force);
  };

  const base = `http://127.0.0.1:${port}`;
  for (const deadline = Date.now() + startLimitMs; ;) {
    if (reason !== undefined) throw new Error(reason);
    const status = await fetch(base, { redirect: 'manual' }).then(
      async (response) => (await response.arrayBuffer(), response.status),
      () => 599,
    );
    if (status < 500) break;
    if (Date.now() > deadline) {
      await stop();
      throw new Error(`VS Code's server did not answer within ${startLimitMs / 1000} s.\n${output}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { base, output: () => output, ended, stop };
};

/** A file as the workbench names it; code-server's patched authority is always "remote". @param {string} file */
export const remoteUri = (file) => `vscode-remote://remote${file}`;

/**
 * The address that opens a folder in the workbench.
 * @param {string} base
 * @param {string} folder
 * @param {[string, string][]} [payload] what the workbench takes along, such as ['openFile', remoteUri(file)]
 * @param {string} [token] the server's, where it has one
 */
export const workbenchUrl = (base, folder, payload = [], token) => {
  const query = new URLSearchParams({ ...(token === undefined ? {} : { tkn: token }), folder });
  const quiet = [
    ['skipWelcome', 'true'],
    ['skipReleaseNotes', 'true'],
  ];
  query.set('payload', JSON.stringify([...quiet, ...payload]));
  return `${base}/?${query}`;
};
