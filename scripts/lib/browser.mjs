// Finds a Chromium-like browser for the tests, and the system's own browser for a person.
import { access, constants, readFile } from 'node:fs/promises';
import path from 'node:path';

const names = [
  'chromium',
  'chromium-browser',
  'google-chrome-stable',
  'google-chrome',
  'microsoft-edge-stable',
  'microsoft-edge',
];

const places = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  'C:/Program Files/Google/Chrome/Application/chrome.exe',
  'C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe',
];

/** The first file of the list that can be run. @param {string[]} files */
const firstExecutable = async (files) => {
  for (const file of files) {
    const runs = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (runs) return file;
  }
  return undefined;
};

/** Where a command would be found on PATH. @param {string[]} commands */
export const onPath = (commands) => {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter).filter((folder) => folder !== '');
  const suffixes = process.platform === 'win32' ? ['.cmd', '.exe'] : [''];
  return firstExecutable(
    commands.flatMap((name) =>
      folders.flatMap((folder) => suffixes.map((suffix) => path.join(folder, `${name}${suffix}`))),
    ),
  );
};

/** A Chrome, Chromium or Edge on this machine (CHROMIUM names another one). */
const findBrowser = async () =>
  process.env['CHROMIUM'] ?? (await onPath(names)) ?? (await firstExecutable(places));

/**
 * Finds a browser for the tests; installs Debian's Chromium when this is root on Debian and there is none.
 * @param {{ runner: import('./processes.mjs').Runner, log: (text: string) => void }} options
 * @returns {Promise<{ executable: string } | { missing: string }>} `missing` says why and what to do
 */
export const ensureBrowser = async ({ runner, log }) => {
  const found = await findBrowser();
  if (found !== undefined) return { executable: found };
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '');
  if (!/^ID(_LIKE)?=.*debian/m.test(release) || process.getuid?.() !== 0)
    return {
      missing: 'no Chrome, Chromium or Edge was found: install one, or name its executable in CHROMIUM',
    };
  log('No Chrome, Chromium or Edge here: installing Debian’s Chromium by apt (about 100 MB to download) ...');
  const options = { env: { DEBIAN_FRONTEND: 'noninteractive' }, timeoutMs: 10 * 60_000, quiet: true };
  for (const args of [['update'], ['install', '--yes', '--no-install-recommends', 'chromium']]) {
    const result = await runner.run('apt-get', args, options);
    if (result.code !== 0)
      return { missing: `apt-get ${args[0] ?? ''} failed:\n${result.output.slice(-2000)}` };
  }
  const installed = await findBrowser();
  return installed === undefined ? { missing: 'apt-get installed no chromium' } : { executable: installed };
};
