import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { root } from '../../scripts/lib/packages.mjs';
import { launchBrowser } from '../support/browser.ts';
import { madeUpFile } from './attentionFiles.ts';
import { settled } from './reading.ts';

describe('attention as the output of a notebook cell', () => {
  let browser: Browser;
  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser.close());

  it('draws two outputs of one document, and takes one away', async () => {
    const script = await readFile(path.join(root, 'dist/attention-notebook.js'), 'utf8');
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    const files = [4, 6].map((tokens) => madeUpFile({ layers: 2, heads: 2, tokens }));
    const html = `<!DOCTYPE html><body class="vscode-light"><div id="a"></div><div id="b"></div>
      <script type="module">
        import { activate } from '/renderer.js';
        const renderer = (window.renderer = activate());
        const files = ${JSON.stringify(files)};
        for (const [at, id] of ['a', 'b'].entries())
          renderer.renderOutputItem({ id, json: () => files[at] }, document.getElementById(id));
      </script></body>`;
    await page.route('http://notebook.test/**', (route) =>
      route.request().url().endsWith('.js')
        ? route.fulfill({ contentType: 'text/javascript', body: script })
        : route.fulfill({ contentType: 'text/html', body: html }),
    );
    await page.goto('http://notebook.test/');
    await page.waitForFunction(() => document.querySelectorAll('.overview-grid').length === 2);
    await settled(page);
    assert.match(await page.locator('#a .toolbar').innerText(), /4 tokens/);
    assert.match(await page.locator('#b .toolbar').innerText(), /6 tokens/);
    const height = (await page.locator('#a').boundingBox())?.height ?? 0;
    assert.ok(height > 300, `an output is ${height} pixels high`);
    await page.evaluate("renderer.disposeOutputItem('a')");
    assert.equal(await page.locator('#a .overview-grid').count(), 0);
    assert.equal(await page.locator('#b .overview-grid').count(), 1);
    assert.deepEqual(complaints, []);
  });
});
