import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { root } from '../../scripts/lib/packages.mjs';

/** A page that was opened from a file, with what it complained about and what it tried to fetch. */
export interface Opened {
  readonly page: Page;
  readonly complaints: string[];
  readonly fetched: string[];
}

/** Writes an exported page as `loupe attention --out x.html` does in principle, and opens it from the disk. */
export async function openStandalone(
  browser: Browser,
  file: unknown,
  options: BrowserContextOptions = {},
): Promise<Opened> {
  const script = await readFile(path.join(root, 'dist/attention-standalone.js'), 'utf8');
  const json = JSON.stringify(file).replaceAll('<', '\\u003c');
  const html = `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'"><title>Attention</title></head>
    <body><script type="application/json" id="loupe-attention">${json}</script><script>${script}</script></body></html>`;
  const target = path.join(await mkdtemp(path.join(tmpdir(), 'loupe-page-')), 'attention.html');
  await writeFile(target, html);
  const page = await browser.newPage({ viewport: { width: 1100, height: 800 }, ...options });
  const complaints: string[] = [];
  const fetched: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (request.url() !== `file://${target}`) fetched.push(request.url());
  });
  await page.goto(`file://${target}`);
  return { page, complaints, fetched };
}
