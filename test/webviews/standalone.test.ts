import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { entryOf, sequentialColors, themeBackgrounds } from '../../src/shared/attentionColors.ts';
import { launchBrowser } from '../support/browser.ts';
import type { MadeUp } from './attentionFiles.ts';
import { madeUpFile, madeUpLayer } from './attentionFiles.ts';
import { madeUpSummaries } from './madeUpAnswers.ts';
import { openView, pixelAt, settled, statusOf, untilCaption, untilStatus } from './reading.ts';
import { openStandalone } from './standalonePage.ts';

describe('an exported attention page', () => {
  let browser: Browser;
  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser.close());

  /** Points the mouse at places all over a matrix and compares colour, words and tensor. */
  const compareMatrix = async (
    page: Page,
    sides: MadeUp,
    {
      layer,
      head,
      background,
    }: { layer: number; head: number; background: readonly [number, number, number] },
  ): Promise<number> => {
    const { cells, scales } = madeUpLayer(layer, sides);
    const own = scales.subarray(head * sides.tokens, (head + 1) * sides.tokens);
    const largest = Math.max(...own);
    const table = sequentialColors(background);
    const box = await page.locator('.matrix-canvas').boundingBox();
    assert.ok(box);
    const seen = new Set<string>();
    // Cells are 48 pixels wide at most; the labels take up to 100.
    const end = 100 + 48 * sides.tokens;
    const steps = (start: number, length: number): readonly number[] =>
      Array.from({ length: Math.ceil(Math.min(end, length - 40) / 43) }, (_, at) => start + 30 + at * 43);
    const lefts = steps(box.x, box.width);
    for (const y of steps(box.y, box.height))
      for (const x of lefts) {
        await page.mouse.move(x, y);
        await settled(page);
        const found = /\((\d+)\) attends to “.*” \((\d+)\): ([\d.]+)$/.exec(await statusOf(page));
        if (!found) continue;
        const [query, key] = [Number(found[1]), Number(found[2])];
        if (seen.has(`${query} ${key}`)) continue;
        const byte = cells[(head * sides.tokens + query) * sides.tokens + key] ?? 0;
        const weight = (byte / 255) * (own[query] ?? 0);
        assert.equal(found[3], weight.toFixed(3), `weight of ${query}, ${key}`);
        const entry = Math.round((weight / largest) * 255);
        assert.deepEqual(await pixelAt(page, '.matrix-canvas', x, y), [...entryOf(table, entry)]);
        seen.add(`${query} ${key}`);
      }
    return seen.size;
  };

  it('paints every cell in the colour of its weight, and says the two tokens and the weight under the mouse', async () => {
    const sides = { layers: 2, heads: 3, tokens: 9 };
    const { page } = await openStandalone(browser, madeUpFile(sides), { colorScheme: 'light' });
    await openView(page, 'matrix', '.matrix-canvas');
    const compared = await compareMatrix(page, sides, {
      layer: 0,
      head: 0,
      background: themeBackgrounds.light,
    });
    assert.ok(compared >= 50, `only ${compared} cells were seen`);
  });

  it('paints another head after ] and PageDown, in the dark too', async () => {
    const sides = { layers: 2, heads: 3, tokens: 7 };
    const { page } = await openStandalone(browser, madeUpFile(sides), { colorScheme: 'dark' });
    await openView(page, 'matrix', '.matrix-canvas');
    await page.locator('.matrix-canvas').focus();
    await page.keyboard.press(']');
    await page.keyboard.press('PageDown');
    await untilStatus(page, /^Layer 1, head 1$/);
    await settled(page);
    const compared = await compareMatrix(page, sides, {
      layer: 1,
      head: 1,
      background: themeBackgrounds.dark,
    });
    assert.ok(compared >= 30, `only ${compared} cells were seen`);
  });

  it('opens from the disk under a strict policy, fetches nothing and complains about nothing', async () => {
    const file = madeUpFile({ layers: 3, heads: 4, tokens: 20 }, { summaries: madeUpSummaries(3, 4) });
    const { page, complaints, fetched } = await openStandalone(browser, file);
    for (const [view, picture] of [
      ['overview', '.overview-grid'],
      ['matrix', '.matrix-canvas'],
      ['links', '.links-canvas'],
      ['text', '.passage'],
      ['summary', 'table.heads'],
    ] as const)
      await openView(page, view, picture);
    assert.deepEqual(complaints, []);
    assert.deepEqual(fetched, []);
  });

  it('shows only views that need no model', async () => {
    const { page } = await openStandalone(browser, madeUpFile({ layers: 1, heads: 2, tokens: 5 }));
    await page.waitForSelector('[role=tab]');
    assert.deepEqual(await page.locator('[role=tab]').allInnerTexts(), [
      'Overview',
      'Matrix',
      'Links',
      'Text',
    ]);
  });

  it('is used with the keyboard alone: a head is chosen, opened, a cell read, its token pinned and let go', async () => {
    const { page } = await openStandalone(browser, madeUpFile({ layers: 3, heads: 4, tokens: 12 }));
    await page.locator('.overview-grid').focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    assert.match(await untilStatus(page, /Layer 1/), /head 1/);
    await page.keyboard.press('Enter');
    await page.waitForSelector('.matrix-canvas');
    await page.locator('.matrix-canvas').focus();
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowRight']) await page.keyboard.press(key);
    assert.match(await untilStatus(page, /attends to/), /^“quick” \(2\) attends to “the” \(1\): 0\.\d{3}$/);
    assert.equal(await page.locator('.status').getAttribute('aria-live'), 'polite');
    await page.keyboard.press('p');
    await openView(page, 'text', '.passage');
    await untilCaption(page, /^“quick” attends most to /);
    await page.locator('.passage').focus();
    await page.keyboard.press('Escape');
    await untilCaption(page, /^Choose a token/);
  });

  it('joins sub-words to words, which attend and are attended to as one', async () => {
    const { page } = await openStandalone(browser, madeUpFile({ layers: 1, heads: 1, tokens: 18 }));
    await openView(page, 'text', '.passage');
    await page.locator('.passage').focus();
    await page.keyboard.press('w');
    for (let step = 0; step < 14; step += 1) await page.keyboard.press('ArrowRight');
    await untilStatus(page, /^“watching”/);
    const caption = await untilCaption(page, /^“watching” attends/);
    assert.match(caption, /^“watching” attends most to “watching” 0\.\d+, “(is|from)”/);
  });

  it('draws rows that are not numbers hatched and says so in the status line', async () => {
    const file = madeUpFile({ layers: 1, heads: 1, tokens: 6 });
    const [stack] = file.stacks;
    const [layer] = stack?.layers ?? [];
    assert.ok(stack && layer);
    const scales = new Float32Array(Buffer.from(layer.scales, 'base64').buffer.slice(0));
    const broken = Float32Array.from({ length: 6 }, (_, row) => (row === 2 ? NaN : (scales[row] ?? 1)));
    const damaged = { ...layer, scales: Buffer.from(broken.buffer).toString('base64') };
    const { page } = await openStandalone(browser, { ...file, stacks: [{ ...stack, layers: [damaged] }] });
    await openView(page, 'matrix', '.matrix-canvas');
    await page.locator('.matrix-canvas').focus();
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown']) await page.keyboard.press(key);
    assert.match(await untilStatus(page, /^“quick”/), /: -$/);
  });

  it('says what is wrong with a damaged file instead of showing an empty page', async () => {
    for (const [file, words] of [
      [{ hello: 1 }, /no attention maps of Loupe/],
      [{ ...madeUpFile({ layers: 1, heads: 1, tokens: 4 }), version: 2 }, /version 2/],
      [{ ...madeUpFile({ layers: 1, heads: 1, tokens: 4 }), stacks: [broken()] }, /damaged \(not gzip\)/],
    ] as const) {
      const { page } = await openStandalone(browser, file);
      await page.waitForFunction(() => document.body.innerText.includes('Something went wrong'));
      assert.match(await page.locator('.loupe-whole').innerText(), words);
      await page.close();
    }
  });
});

/** A stack whose cells are base64 of something else. */
function broken(): unknown {
  const [stack] = madeUpFile({ layers: 1, heads: 1, tokens: 4 }).stacks;
  return { ...stack, layers: [{ heads: 1, queries: 4, keys: 4, cells: 'aGVsbG8=', scales: 'AAAAAA==' }] };
}
