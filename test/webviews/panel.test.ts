import assert from 'node:assert/strict';
import type { Browser, Page } from 'playwright-core';
import { entryOf, sequentialColors } from '../../src/shared/attentionColors.ts';
import { launchBrowser } from '../support/browser.ts';
import { madeUpFile, madeUpLayer } from './attentionFiles.ts';
import type { FakeHost } from './fakeHost.ts';
import type { PanelOptions } from './panelPage.ts';
import { bundleFakeHost, openPanel } from './panelPage.ts';
import { countElements, openView, pixelAt, settled, untilCaption, untilStatus } from './reading.ts';

const sides = { layers: 3, heads: 4, tokens: 14 };

describe('the attention panel', () => {
  let browser: Browser;
  let fakeHost: string;
  const complaints: string[] = [];
  before(async () => {
    browser = await launchBrowser();
    fakeHost = await bundleFakeHost();
  });
  after(() => browser.close());
  afterEach(() => assert.deepEqual(complaints.splice(0), []));

  const open = async (options: Partial<PanelOptions> = {}): Promise<Page> => {
    const files = [madeUpFile(sides), madeUpFile({ ...sides, tokens: 11 }, { title: 'other.txt, line 9' })];
    const page = await openPanel(browser, { files, fakeHost, theme: 'vscode-dark', ...options });
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.waitForSelector('[role=tabpanel]');
    await settled(page);
    return page;
  };

  const asked = (page: Page, method: string): Promise<FakeHost['asked']> =>
    page.evaluate((name) => host().asked.filter((entry) => entry.method === name), method);

  it('asks for the overview first and for the names of heads only after it is on the screen', async () => {
    const page = await open();
    await page.waitForSelector('.sign');
    const order = await page.evaluate(() => host().asked.map(({ method }) => method));
    assert.deepEqual(order.slice(0, 2), ['overview', 'summaries']);
    assert.equal(order.includes('map'), false, 'thumbnails come with the overview');
    assert.match(
      await page.locator('.toolbar').innerText(),
      /sentiment-en[\s\S]*14 tokens[\s\S]*positive 98\.7%/,
    );
  });

  it('does only the last of fifty quick clicks on heads', async () => {
    const page = await open();
    await openView(page, 'matrix', '.matrix-canvas');
    await page.evaluate(() => (host().delay = 60));
    await page.locator('.matrix-canvas').focus();
    await page.evaluate(() => {
      const target = document.activeElement;
      // An odd number of moves to and fro, all before the page can draw.
      for (let click = 0; click < 51; click += 1)
        target?.dispatchEvent(
          new KeyboardEvent('keydown', { key: click % 2 === 0 ? ']' : '[', bubbles: true }),
        );
    });
    await page.waitForTimeout(300);
    await settled(page);
    const maps = await asked(page, 'map');
    assert.deepEqual(
      maps.map(({ params }) => (params as { head: number }).head),
      [0, 1],
    );
  });

  it('cancels a head that is on its way when another is wanted', async () => {
    const page = await open();
    await openView(page, 'matrix', '.matrix-canvas');
    await page.evaluate(() => (host().delay = 200));
    await page.locator('.matrix-canvas').focus();
    await page.keyboard.press(']');
    await page.waitForFunction(() => host().asked.filter(({ method }) => method === 'map').length === 2);
    await page.keyboard.press(']');
    await page.waitForFunction(() => host().asked.filter(({ method }) => method === 'map').length === 3);
    await page.waitForTimeout(300);
    await settled(page);
    assert.deepEqual(
      (await asked(page, 'map')).map(({ isCancelled }) => isCancelled),
      [false, true, false],
    );
  });

  it('keeps the pinned token while layers and heads change, and all of it over a reload', async () => {
    const page = await open();
    await openView(page, 'matrix', '.matrix-canvas');
    await page.locator('.matrix-canvas').focus();
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown', 'p', ']', 'PageDown', 'PageDown'])
      await page.keyboard.press(key);
    await settled(page);
    await openView(page, 'text', '.passage');
    await untilCaption(page, /^“quick” attends most to/);
    const kept = await page.evaluate(() => host().persisted());
    assert.ok(kept);
    assert.deepEqual(kept.documents, [{ uri: 'file:///review.txt', start: 0 }]);
    const again = await open({ state: kept });
    await again.waitForSelector('.passage');
    await untilCaption(again, /^“quick” attends most to/);
    const view = (await again.evaluate(() => host().persisted()))?.view;
    assert.deepEqual([view?.view, view?.layer, view?.head, view?.token], ['text', 2, 1, 2]);
  });

  it('chooses the token at the cursor in the editor', async () => {
    const page = await open();
    await openView(page, 'text', '.passage');
    // "brown" in "the quick brown fox"
    await page.evaluate(() => host().cursor(0, 12, 12));
    await untilCaption(page, /^“brown” attends most to/);
  });

  it('lights up the tokens under the mouse in the document, and stops when the mouse leaves', async () => {
    const page = await open();
    await openView(page, 'text', '.passage');
    const word = await page.evaluate(() => {
      const text = document.querySelector('.passage')?.firstChild;
      const range = document.createRange();
      if (!text) return { x: 0, y: 0 };
      range.setStart(text, '[CLS] '.length);
      range.setEnd(text, '[CLS] the'.length);
      const { left, top, width, height } = range.getBoundingClientRect();
      return { x: left + width / 2, y: top + height / 2 };
    });
    await page.mouse.move(word.x, word.y);
    await untilStatus(page, /^“the” \(token 1\)/);
    await page.waitForFunction(() => host().asked.some(({ method }) => method === 'attention/highlight'));
    const [lit] = await asked(page, 'attention/highlight');
    assert.deepEqual(lit?.params, { side: 0, spans: [{ start: 0, end: 3, weight: 1 }] });
    await page.mouse.move(500, 700);
    await page.waitForFunction(() => {
      const last = host()
        .asked.filter(({ method }) => method === 'attention/highlight')
        .at(-1);
      return (last?.params as { spans: unknown[] } | undefined)?.spans.length === 0;
    });
  });

  it('says why a head cannot be shown, and shows it after Try Again', async () => {
    const page = await open();
    await page.evaluate(() => host().failNext('map', 'inference-crashed'));
    await page.click('[data-view=matrix]');
    await page.waitForSelector('[role=alert]');
    assert.match(
      await page.locator('[role=alert]').innerText(),
      /inference process ended unexpectedly \(signal SIGKILL\)/,
    );
    await page.click('[role=alert] vscode-button');
    await page.waitForSelector('.matrix-canvas');
  });

  it('switches heads off, tells the prediction before and after, and saves the mask', async () => {
    const page = await open();
    await openView(page, 'heads', '.mask-grid');
    await page.locator('.mask-grid').focus();
    for (const key of ['Space', 'ArrowRight', 'Space']) await page.keyboard.press(key);
    await page.waitForFunction(() =>
      // Until the answer is there the last one stays, marked as stale.
      document.querySelector('.outcome:not(.is-stale)')?.textContent.includes('Heads switched off: 2'),
    );
    assert.match(
      await page.locator('.outcome').innerText(),
      /positive 98\.7%[\s\S]*positive 63\.2%[\s\S]*0\.987 → 0\.632/,
    );
    await page.click('text=Save Mask');
    const [saved] = await asked(page, 'attention/act');
    assert.deepEqual((saved?.params as { heads: unknown }).heads, [
      { stack: 'encoder', layer: 0, head: 0 },
      { stack: 'encoder', layer: 0, head: 1 },
    ]);
  });

  it('masks words only when asked to, then says what the curves mean', async () => {
    const page = await open();
    await page.click('[data-view=attribution]');
    await page.waitForSelector('.notice vscode-button');
    assert.equal((await asked(page, 'attribution')).length, 0);
    await page.click('.notice vscode-button');
    await page.waitForSelector('.chart');
    // Attention's curve is hardly better than chance's there (test/webviews/madeUpAnswers.ts).
    assert.match(
      await page.locator('.about').innerText(),
      /the 20 % of words.* from 0\.\d+ to 0\.\d+.*Do not read these maps as an explanation/,
    );
  });

  it('exports the view that is open, in the chosen colours', async () => {
    const page = await open();
    await openView(page, 'links', '.links-canvas');
    await page.click('.actions button:has-text("Export")');
    await page.click('.menu:popover-open button:has-text("Dark")');
    await page.click('.menu:popover-open button:has-text("SVG")');
    await untilStatus(page, /^Saved .*figure\.svg\.$/);
    const [exported] = await asked(page, 'attention/export');
    assert.deepEqual(exported?.params, {
      side: 0,
      format: 'svg',
      figure: {
        view: 'links',
        stack: 'encoder',
        layer: 0,
        heads: [0],
        topK: 3,
        threshold: 0,
        theme: 'dark',
        scale: 2,
        words: false,
      },
    });
  });

  it('compares two texts side by side on one scale, with the difference over what both have', async () => {
    const page = await open({ viewport: { width: 1500, height: 800 } });
    await page.evaluate(() => {
      const files = (window as unknown as { fakeFiles: { title: string; text: string }[] }).fakeFiles;
      const source = { model: 'starter:sentiment-en', window: 0, generate: 0 };
      host().show(files.map(({ title, text }) => ({ title, isLinked: true, source: { ...source, text } })));
    });
    await openView(page, 'matrix', '.difference-canvas');
    assert.equal(await page.locator('.matrix-canvas').count(), 2);
    assert.match(await page.locator('.caption').innerText(), /Over the 11 of 14 tokens/);
    // One scale: the strongest weight of the second text is not painted in the strongest colour unless it is the larger one.
    const [left, right] = [sides, { ...sides, tokens: 11 }].map((one) => {
      const { scales } = madeUpLayer(0, one);
      return Array.from(scales.subarray(0, one.tokens));
    });
    const most = Math.max(...(left ?? []), ...(right ?? []));
    await page.locator('.matrix-canvas').first().focus();
    await page.keyboard.press('ArrowDown');
    const box = await page.locator('.matrix-canvas').first().boundingBox();
    assert.ok(box);
    const seen = await strongestCell(page, box);
    const entry = Math.round(((left?.[seen.query] ?? 0) / most) * 255);
    assert.deepEqual(seen.pixel, [...entryOf(sequentialColors([31, 31, 31]), entry)]);
    await page.click('.actions button:has-text("Export")');
    await page.click('.menu:popover-open button:has-text("Second")');
    await page.click('.menu:popover-open button:has-text("PDF")');
    await untilStatus(page, /^Saved /);
    const [exported] = await asked(page, 'attention/export');
    assert.equal((exported?.params as { side: number }).side, 1, 'the side that was chosen');
  });

  for (const theme of [
    'vscode-dark',
    'vscode-light',
    'vscode-high-contrast',
    'vscode-high-contrast-light',
  ] as const)
    it(`takes its colours from the theme: ${theme}`, async () => {
      const page = await open({ theme });
      const background = {
        'vscode-dark': 31,
        'vscode-light': 255,
        'vscode-high-contrast': 0,
        'vscode-high-contrast-light': 255,
      }[theme];
      await openView(page, 'matrix', '.matrix-canvas');
      const seen = await page.evaluate(
        () => getComputedStyle(document.querySelector('.loupe') as Element).backgroundColor,
      );
      assert.equal(seen, `rgb(${background}, ${background}, ${background})`);
      const box = await page.locator('.matrix-canvas').boundingBox();
      assert.ok(box);
      const { pixel } = await strongestCell(page, box);
      const table = sequentialColors([background, background, background]);
      const colors = Array.from({ length: 256 }, (_, entry) => [...entryOf(table, entry)].join());
      assert.ok(colors.indexOf(pixel.join()) > 150, `${pixel.join()} is no strong colour of ${theme}`);
    });

  it('changes colours when the theme changes', async () => {
    const page = await open();
    await openView(page, 'matrix', '.matrix-canvas');
    await page.evaluate(() => {
      document.documentElement.style.setProperty('--vscode-editor-background', '#ffffff');
      document.body.className = 'vscode-light';
    });
    await settled(page);
    const box = await page.locator('.matrix-canvas').boundingBox();
    assert.ok(box);
    const { pixel } = await strongestCell(page, box);
    const table = sequentialColors([255, 255, 255]);
    assert.ok(Array.from({ length: 256 }, (_, entry) => entryOf(table, entry).join()).includes(pixel.join()));
  });

  it('stays under 300 elements in every view of 144 heads at 512 tokens', async () => {
    const files = [madeUpFile({ layers: 12, heads: 12, tokens: 512 })];
    const page = await open({ files });
    const counts: Record<string, number> = {};
    for (const [view, picture] of [
      ['overview', '.overview-grid'],
      ['matrix', '.matrix-canvas'],
      ['links', '.links-canvas'],
      ['text', '.passage'],
      ['summary', 'table.heads'],
      ['heads', '.mask-grid'],
      ['positions', '.position-values'],
    ] as const) {
      await openView(page, view, picture);
      counts[view] = await countElements(page);
    }
    console.log(`      elements: ${JSON.stringify(counts)}`);
    for (const [view, count] of Object.entries(counts)) assert.ok(count < 300, `${view}: ${count}`);
  });

  it('opens 2,048 tokens by a coarse map and sharpens it where the person zooms in', async () => {
    const page = await open({ files: [madeUpFile({ layers: 1, heads: 1, tokens: 2048 })] });
    await openView(page, 'matrix', '.matrix-canvas');
    const at = { stack: 'encoder', layer: 0, head: 0 };
    assert.deepEqual(
      (await asked(page, 'map')).map(({ params }) => params),
      [{ ...at, step: 2 }],
    );
    const box = await page.locator('.matrix-canvas').boundingBox();
    assert.ok(box);
    await page.locator('.matrix-canvas').focus();
    // One step a frame, as a wheel gives them.
    for (let step = 0; step < 18; step += 1) {
      await page.keyboard.press('+');
      await settled(page);
    }
    const tiles = (await asked(page, 'map'))
      .slice(1)
      .map(({ params }) => params as { rows?: number; step?: number });
    assert.ok(tiles.length > 0 && tiles.every(({ rows, step }) => rows === 256 && step === undefined));
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    const status = await untilStatus(page, /attends to/);
    const found = /\((\d+)\) attends to “.*” \((\d+)\): ([\d.]+)$/.exec(status);
    assert.ok(found);
    const [query, key] = [Number(found[1]), Number(found[2])];
    const { cells, scales } = madeUpLayer(0, { layers: 1, heads: 1, tokens: 2048 });
    const weight = ((cells[query * 2048 + key] ?? 0) / 255) * (scales[query] ?? 0);
    assert.equal(found[3], weight.toFixed(3));
  });

  it('lets a causal model write on, and only such a model', async () => {
    const page = await open();
    assert.equal(await page.locator('text=Generate').count(), 0);
    const prediction = { kind: 'next-token', text: ' dog', score: 0.4, scores: [] } as const;
    const causal = await open({ files: [madeUpFile(sides, { prediction })] });
    assert.match(await causal.locator('.prediction').innerText(), /^Next token: " dog" 40%$/);
    await causal.click('text=Generate 10');
    const [act] = await asked(causal, 'attention/act');
    assert.deepEqual(act?.params, { kind: 'generate', side: 0, tokens: 10 });
  });

  it('can be used at 300 pixels and at 200 % text without anything beyond the right edge', async () => {
    const page = await open({ viewport: { width: 300, height: 700 } });
    for (const size of ['13px', '26px']) {
      await page.evaluate(
        (value) => document.documentElement.style.setProperty('--vscode-font-size', value),
        size,
      );
      for (const [view, picture] of [
        ['overview', '.overview-grid'],
        ['matrix', '.matrix-canvas'],
        ['text', '.passage'],
      ] as const) {
        await openView(page, view, picture);
        const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        assert.ok(over <= 0, `${view} at ${size}: ${over} pixels too wide`);
        const height = (await page.locator(picture).boundingBox())?.height ?? 0;
        assert.ok(height > 60, `${view} at ${size}: the picture is ${height} pixels high`);
      }
    }
  });
});

/** Finds the diagonal's cell in the middle of a matrix (the made-up first head looks at itself) and its colour. */
async function strongestCell(
  page: Page,
  box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
): Promise<{ readonly query: number; readonly pixel: readonly number[] }> {
  for (let y = box.y + 60; y < box.y + box.height; y += 21)
    for (let x = box.x + 50; x < box.x + box.width; x += 21) {
      await page.mouse.move(x, y);
      const found = /\((\d+)\) attends to “.*” \((\d+)\)/.exec(await page.locator('.status').innerText());
      if (found?.[1] === undefined || found[1] !== found[2] || found[1] === '0') continue;
      await settled(page);
      return { query: Number(found[1]), pixel: await pixelAt(page, '.matrix-canvas', x, y) };
    }
  throw new Error('No cell of the diagonal was found under the mouse.');
}

/** The host that runs in the page. Only for functions given to `evaluate`. */
declare function host(): FakeHost;
