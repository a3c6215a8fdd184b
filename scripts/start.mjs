// npm start: from a fresh clone to VS Code with Loupe in it. Needs Node and nothing else; imports no package.
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { access } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { onPath } from './lib/browser.mjs';
import { cacheFolder } from './lib/cache.mjs';
import { linkExtension } from './lib/extensionFolder.mjs';
import { build, checkNode, ensurePackages, root } from './lib/packages.mjs';
import { createRunner } from './lib/processes.mjs';
import { ensureVscodeHost } from './lib/vscodeHost.mjs';
import { remoteUri, startVscodeServer, workbenchUrl } from './lib/vscodeServer.mjs';

const usage = `npm start [-- options]: installs what is missing, builds, and opens VS Code with Loupe on examples/.
  --no-open    print the address (or the command) instead of opening a window
  --port N     port of the browser-hosted VS Code (a free one otherwise)
Environment: LOUPE_VSCODE=desktop|browser forces one of the two, LOUPE_DEV_CACHE is where downloads go.`;

const log = (/** @type {string} */ text) => console.log(text);

const options = () => {
  const { values } = parseArgs({
    options: {
      'no-open': { type: 'boolean', default: false },
      port: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    log(usage);
    process.exit(0);
  }
  const port = values.port === undefined ? undefined : Number(values.port);
  if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65536))
    throw new Error(`--port takes a number from 1 to 65535, not '${values.port}'.`);
  const kind = process.env['LOUPE_VSCODE'] ?? 'auto';
  if (!['auto', 'desktop', 'browser'].includes(kind))
    throw new Error(`LOUPE_VSCODE is 'desktop' or 'browser', not '${kind}'.`);
  return { open: !values['no-open'], port, kind };
};

/** The welcome document in the user's language, where there is one. */
const welcomeDocument = async () => {
  const language = process.env['LC_ALL'] ?? process.env['LC_MESSAGES'] ?? process.env['LANG'] ?? '';
  const portuguese = path.join(root, 'examples/welcome.pt-br.md');
  const isThere = await access(portuguese).then(
    () => true,
    () => false,
  );
  return language.startsWith('pt') && isThere ? portuguese : path.join(root, 'examples/welcome.md');
};

/**
 * @param {string} code the desktop editor's command
 * @param {boolean} open
 * @param {import('./lib/processes.mjs').Runner} runner
 */
const startDesktop = async (code, open, runner) => {
  const args = [`--extensionDevelopmentPath=${root}`, path.join(root, 'examples'), await welcomeDocument()];
  if (!open) {
    log(`Ready. Open it with:\n  ${[code, ...args].map((part) => JSON.stringify(part)).join(' ')}`);
    return;
  }
  log(`Opening ${path.basename(code)} with Loupe on examples/ ...`);
  const result = await runner.run(code, args, { timeoutMs: 60_000 });
  if (result.code !== 0) throw new Error(`${code} ended with code ${result.code}.`);
  log('A window has opened. Click a line of small grey text (a CodeLens) above a sentence to try Loupe.');
};

/** Shows an address in the system's browser; false when there is none to show it in. @param {string} url */
const openInBrowser = async (url) => {
  const isGraphical = (process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY']) !== undefined;
  const command =
    process.platform === 'darwin' ? 'open' : isGraphical ? await onPath(['xdg-open']) : undefined;
  if (command === undefined) return false;
  return new Promise((resolve) => {
    const child = spawn(command, [url], { stdio: 'ignore', detached: true });
    child.on('error', () => resolve(false));
    child.on('spawn', () => (child.unref(), resolve(true)));
  });
};

/**
 * @param {{ open: boolean, port: number | undefined }} options
 * @param {import('./lib/processes.mjs').Runner} runner
 */
const startBrowser = async ({ open, port }, runner) => {
  const host = await ensureVscodeHost({ runner, log });
  const clone = createHash('sha256').update(root).digest('hex').slice(0, 12);
  const dataFolder = path.join(cacheFolder(), `data-${clone}`);
  const extensionsFolder = path.join(dataFolder, 'extensions');
  await linkExtension(extensionsFolder);
  const token = randomBytes(16).toString('hex');
  const server = await startVscodeServer({
    host,
    token,
    dataFolder,
    extensionsFolder,
    keepSettings: true,
    ...(port === undefined ? {} : { port }),
  });
  const payload = /** @type {[string, string][]} */ ([['openFile', remoteUri(await welcomeDocument())]]);
  const url = workbenchUrl(server.base, path.join(root, 'examples'), payload, token);
  const shown = open && (await openInBrowser(url));
  log(
    `${shown ? 'VS Code with Loupe has opened in your browser' : 'Open this address in a browser'}:\n  ${url}`,
  );
  log('Click a line of small grey text (a CodeLens) above a sentence to try Loupe. Ctrl+C ends the server.');
  const stop = () => void server.stop().then(() => process.exit(0));
  process.removeAllListeners('SIGINT').on('SIGINT', stop);
  process.removeAllListeners('SIGTERM').on('SIGTERM', stop);
  throw new Error(await server.ended);
};

const main = async () => {
  checkNode();
  const { open, port, kind } = options();
  const runner = createRunner();
  await ensurePackages(runner, log);
  log('Building ...');
  const built = await build(runner);
  if (built.code !== 0) throw new Error('The build failed: its message is above.');
  log("The command line is ready too: 'npx loupe --help' in this folder.");
  const desktop = kind === 'browser' ? undefined : await onPath(['code', 'code-insiders', 'codium']);
  if (desktop !== undefined) return startDesktop(desktop, open, runner);
  if (kind === 'desktop')
    throw new Error("LOUPE_VSCODE=desktop, but no 'code', 'code-insiders' or 'codium' is on PATH.");
  log("No 'code' command on PATH: using VS Code in the browser.");
  return startBrowser({ open, port }, runner);
};

await main().catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
