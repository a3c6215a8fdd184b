import { cp, mkdir, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { linkExtension } from '../../scripts/lib/extensionFolder.mjs';
import { startVscodeServer, workbenchUrl, type VscodeServer } from '../../scripts/lib/vscodeServer.mjs';
import { hostFromEnvironment } from '../support/environment.ts';
import { keepOffline, launchBrowser } from '../support/browser.ts';
import { Workbench } from './workbench.ts';

export const root = path.resolve(import.meta.dirname, '../..');
/** How long to wait for what has to appear: CI shares its two cores. */
const defaultPatienceMs = 45_000;
export const screenshotFolder = path.join(root, 'test/ui/screenshots');

export interface SessionOptions {
  /** User settings beside the quiet ones. */
  settings?: Record<string, unknown>;
  /** VS Code's own rules for a folder that nobody has trusted yet; otherwise every folder is trusted. */
  untrusted?: boolean;
  /** Folder of installed extensions; this clone by a link when absent. */
  extensionsFolder?: string;
  /** Environment of the server, and so of the extension and the processes that it starts. */
  env?: Record<string, string>;
  /** Changes the workspace (a copy of examples/) before the window opens. */
  prepare?: (folder: string) => Promise<void>;
  viewport?: { width: number; height: number };
}

/** One VS Code of its own: server, user data, a copy of examples/, a page. */
export interface Session {
  readonly workbench: Workbench;
  readonly folder: string;
  readonly server: VscodeServer;
  /** Process ids of this session's inference processes (read from /proc: Linux only). */
  inferenceProcesses(): Promise<number[]>;
  /** Takes a picture and the server's last lines when the test failed. Call it in afterEach. */
  keepEvidence(test: Mocha.Test | undefined): Promise<void>;
  close(): Promise<void>;
}

/** Starts a VS Code with Loupe on a copy of examples/ and waits until the window can be used. */
export const openSession = async (options: SessionOptions = {}): Promise<Session> => {
  const scratch = await mkdtemp(path.join(tmpdir(), 'loupe-ui-'));
  const folder = path.join(scratch, 'examples');
  await cp(path.join(root, 'examples'), folder, { recursive: true });
  await options.prepare?.(folder);
  const extensionsFolder = options.extensionsFolder ?? path.join(scratch, 'extensions');
  if (options.extensionsFolder === undefined) await linkExtension(extensionsFolder);
  let server: VscodeServer | undefined;
  let browser: Browser | undefined;
  const close = async () => {
    await browser?.close();
    await server?.stop();
    await rm(scratch, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    server = await startVscodeServer({
      host: hostFromEnvironment(),
      dataFolder: path.join(scratch, 'data'),
      extensionsFolder,
      settings: {
        'terminal.integrated.gpuAcceleration': 'off',
        // Lines that stick to the top would hide the ones to be clicked.
        'editor.stickyScroll.enabled': false,
        ...options.settings,
      },
      env: options.env ?? {},
      trustPrompt: options.untrusted ?? false,
    });
    browser = await launchBrowser();
    const context = await browser.newContext({
      viewport: options.viewport ?? { width: 1280, height: 800 },
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const page = await context.newPage();
    page.setDefaultTimeout(defaultPatienceMs);
    await keepOffline(page);
    await page.goto(workbenchUrl(server.base, folder));
    const workbench = new Workbench(page);
    await workbench.waitUntilReady();
    const started = server;
    return {
      workbench,
      folder,
      server,
      close,
      inferenceProcesses: () => processesOf(extensionsFolder),
      keepEvidence: async (test) => {
        if (test?.state !== 'failed') return;
        await mkdir(screenshotFolder, { recursive: true });
        const name = `failed-${test.fullTitle().replace(/\W+/g, '-').slice(0, 120)}.png`;
        await page.screenshot({ path: path.join(screenshotFolder, name) });
        console.log(`    picture: test/ui/screenshots/${name}\n${started.output().slice(-1500)}`);
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
};

/** Inference processes of the extension in this folder: its path is in their command line. */
const processesOf = async (extensionsFolder: string): Promise<number[]> => {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    ids.map(async (id) => {
      // A process may end between the listing and the reading.
      const command = await readFile(`/proc/${id}/cmdline`, 'utf8').catch(() => '');
      const isOurs = command.includes(extensionsFolder) && command.includes('inference.cjs');
      return isOurs ? [Number(id)] : [];
    }),
  );
  return found.flat();
};
