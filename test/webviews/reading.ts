import type { Page } from 'playwright-core';

/** Opens a tab of the attention page and waits for its picture. */
export async function openView(page: Page, view: string, picture: string): Promise<void> {
  await page.click(`[data-view=${view}]`);
  await page.waitForSelector(picture);
  await settled(page);
}

/** Waits until nothing is on its way and two frames have been painted. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() => document.querySelector('.is-loading, vscode-progress-ring') === null);
  await page.evaluate(
    () => new Promise<void>((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve()))),
  );
}

export const statusOf = (page: Page): Promise<string> => page.locator('.status').innerText();

/** Waits for a status line. */
export const untilStatus = (page: Page, wanted: RegExp): Promise<string> =>
  untilText(page, '.status', wanted);

/** Waits for the words below the (first) picture. */
export const untilCaption = (page: Page, wanted: RegExp): Promise<string> =>
  untilText(page, '.caption', wanted);

async function untilText(page: Page, element: string, wanted: RegExp): Promise<string> {
  const read = (): Promise<string> => page.locator(element).first().innerText();
  const deadline = Date.now() + 5000;
  for (let text = await read(); ; text = await read()) {
    if (wanted.test(text)) return text;
    if (Date.now() > deadline) throw new Error(`${element} says "${text}", not ${String(wanted)}`);
    await page.waitForTimeout(30);
  }
}

/** Colour of the pixel of a picture's lower canvas below a point of the page. */
export function pixelAt(page: Page, picture: string, x: number, y: number): Promise<readonly number[]> {
  return page.evaluate(
    ([selector, left, top]) => {
      const canvas = document.querySelector<HTMLCanvasElement>(`${selector} canvas`);
      const context = canvas?.getContext('2d');
      if (!canvas || !context) return [];
      const rect = canvas.getBoundingClientRect();
      const ratio = canvas.width / rect.width;
      return [...context.getImageData((left - rect.left) * ratio, (top - rect.top) * ratio, 1, 1).data].slice(
        0,
        3,
      );
    },
    [picture, x, y] as const,
  );
}

/** Elements of the page, those inside of components counted too. */
export function countElements(page: Page): Promise<number> {
  return page.evaluate(() => {
    const pending: ParentNode[] = [document];
    let count = 0;
    for (let root = pending.pop(); root; root = pending.pop())
      for (const element of root.querySelectorAll('*')) {
        count += 1;
        if (element.shadowRoot) pending.push(element.shadowRoot);
      }
    return count;
  });
}
