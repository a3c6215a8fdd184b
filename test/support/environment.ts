import type { VscodeHost } from '../../scripts/lib/vscodeHost.mjs';

const need = (name: string): string => {
  const value = process.env[name];
  if (value === undefined || value === '')
    throw new Error(`${name} is not set: run this by 'npm run test:host' or 'npm run test:ui'.`);
  return value;
};

/** The browser-hosted VS Code that scripts/test.mjs has installed. */
export const hostFromEnvironment = (): VscodeHost => JSON.parse(need('LOUPE_TEST_HOST')) as VscodeHost;

/** The Chromium that scripts/test.mjs has found. */
export const browserFromEnvironment = (): string => need('LOUPE_TEST_BROWSER');
