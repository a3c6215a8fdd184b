#!/usr/bin/env -S node --import tsx
// Stands in for VS Code's desktop executable where that cannot be downloaded: takes the arguments that @vscode/test-electron gives,
// runs the tests in the extension host of the browser-hosted VS Code, and ends with their code. Run it in the repository's root.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { remoteUri, startVscodeServer, workbenchUrl } from '../../../scripts/lib/vscodeServer.mjs';
import { launchBrowser, keepOffline } from '../../support/browser.ts';
import { hostFromEnvironment } from '../../support/environment.ts';

const exitCodes = { crashed: 4, timedOut: 3 } as const;
const limitMs = 14 * 60_000;

/** What the workbench says about itself at every start, and no test is about. */
const chatter =
  /^(Creating a socket|Resolv|\[reconnection|\[Service Worker|\[AgentHost|\[AccountPolicy|Updating additional|Ignoring fetching|Timed out waiting for authentication)/;

const readArguments = () => {
  const flags = new Map<string, string>();
  let folder = '';
  for (const argument of process.argv.slice(2)) {
    const [, name, value] = /^--([^=]+)(?:=(.*))?$/.exec(argument) ?? [];
    if (name === undefined) folder = path.resolve(argument);
    else flags.set(name, value ?? '');
  }
  const need = (name: string): string => {
    const value = flags.get(name);
    if (value === undefined || value === '') throw new Error(`--${name}=... is missing.`);
    return value;
  };
  return {
    folder,
    extension: need('extensionDevelopmentPath'),
    tests: need('extensionTestsPath'),
  };
};

const { folder, extension, tests } = readArguments();
const dataFolder = await mkdtemp(path.join(tmpdir(), 'loupe-host-'));
const server = await startVscodeServer({ host: hostFromEnvironment(), dataFolder, testDriver: true });
const browser = await launchBrowser();
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await keepOffline(page);
  await page.exposeFunction('codeAutomationLog', (type: string, values: unknown[]) => {
    if (chatter.test(String(values[0]))) return;
    console.log(...(type === 'error' || type === 'warn' ? [`[${type}]`] : []), ...values);
  });
  const ended = new Promise<number>((resolve) => {
    void page.exposeFunction('codeAutomationExit', resolve);
    page.on('crash', () => resolve(exitCodes.crashed));
    setTimeout(() => {
      console.error(
        `The host tests did not end within ${limitMs / 60_000} minutes.\n${server.output().slice(-4000)}`,
      );
      resolve(exitCodes.timedOut);
    }, limitMs).unref();
  });
  await page.goto(
    workbenchUrl(server.base, folder, [
      ['extensionDevelopmentPath', remoteUri(extension)],
      ['extensionTestsPath', remoteUri(tests)],
    ]),
  );
  process.exitCode = await ended;
} finally {
  await browser.close();
  await server.stop();
  await rm(dataFolder, { recursive: true, force: true });
}
