import type { Page } from 'playwright-core';
import { until } from './until.ts';

const widget = '.quick-input-widget:not(.hidden)';

/** Waits for VS Code's own dialog for saving, which offers this name, and accepts it. */
export const acceptFileDialog = async (page: Page, name: string): Promise<void> => {
  const input = page.locator(`${widget} .quick-input-box input`);
  await input.waitFor();
  await until(
    async () => (await input.inputValue()).endsWith(`/${name}`),
    async () => `The dialog offers ${await input.inputValue()}, not ${name}`,
  );
  // Not Enter: where the file is there already, the list has a row in focus, and the key would mean that row.
  await page.locator(`${widget} .quick-input-action .monaco-button`, { hasText: 'OK' }).click();
};

/** Waits until the dialog asks whether to replace a file, says no, and closes the dialog, which comes back then. */
export const refuseToReplace = async (page: Page): Promise<void> => {
  const question = page.locator(widget, { hasText: /already exists/i });
  await question.waitFor();
  await page.keyboard.press('Escape');
  await question.waitFor({ state: 'detached' });
  await page.locator(widget).waitFor();
  await page.keyboard.press('Escape');
  await page.locator(widget).waitFor({ state: 'hidden' });
};
