import { chromium, type Browser, type Page } from 'playwright-core';
import { browserFromEnvironment } from './environment.ts';

/** Starts a headless Chromium that asks nothing of the network by itself. */
export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: browserFromEnvironment(),
    headless: true,
    args: [
      // CI runs as root, where Chromium's sandbox cannot start.
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });

/** Lets a page reach this machine only. Webview resources have a host name of their own, answered by a service worker. */
export const keepOffline = (page: Page): Promise<unknown> =>
  page.route(
    ({ hostname }) =>
      !['127.0.0.1', 'localhost'].includes(hostname) && !hostname.endsWith('.vscode-resource.vscode-cdn.net'),
    (route) => route.abort(),
  );
