import { statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import type { Page } from 'playwright-core';

/** Nobody waits longer for a picture. */
const limitMs = 60_000;
/** What is quicker varies too much to be measured once. */
const quickMs = 3000;

/** Whose page a file is, by the names in attentionPage.js. */
type PageKind = 'loupe' | 'bertviz-head' | 'bertviz-model';

export interface PageTiming {
  readonly bytes: number;
  /** Milliseconds from the start of loading to the first frame with a picture; undefined: none within the limit. */
  readonly paintMs: number | undefined;
  /** Elements of the page once it is drawn. */
  readonly nodes: number | undefined;
  /** Milliseconds from another head (BertViz's head view: layer) chosen to its frame, median; undefined as above. */
  readonly switchMs: number | undefined;
  /** Milliseconds of work for a frame while the mouse moves over a map, median and longest. Loupe only. */
  readonly hover: { readonly median: number; readonly longest: number } | undefined;
  /** Milliseconds from the overview chosen again, all its numbers there, to its frame. Loupe only. */
  readonly overviewMs: number | undefined;
}

/** A page that is quick is opened three times, each time in a new browser: the one in the middle by its first picture. */
export async function timePageOften(...page: Parameters<typeof timePage>): Promise<PageTiming> {
  const timings = [await timePage(...page)];
  const isQuick = (timings[0]?.paintMs ?? limitMs) < quickMs;
  while (isQuick && timings.length < 3) timings.push(await timePage(...page));
  const sorted = timings.toSorted((a, b) => (a.paintMs ?? limitMs) - (b.paintMs ?? limitMs));
  return sorted[sorted.length >> 1]!;
}

/**
 * Opens a page file in a Chromium of its own and measures. BertViz's requests for scripts are answered from `bertviz`;
 * nothing else is let out.
 */
async function timePage(
  file: string,
  kind: PageKind,
  { browser: executablePath, bertviz }: { readonly browser: string; readonly bertviz: string },
): Promise<PageTiming> {
  const bytes = statSync(file).size;
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
  });
  const timing: { -readonly [K in keyof PageTiming]: PageTiming[K] } = {
    bytes,
    paintMs: undefined,
    nodes: undefined,
    switchMs: undefined,
    hover: undefined,
    overviewMs: undefined,
  };
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    await answerScripts(page, bertviz);
    await page.addInitScript({ path: join(import.meta.dirname, 'attentionPage.js') });
    const started = performance.now();
    // Its own promise stays pending while a page of a gigabyte is parsed: the limit is the race's.
    const opened = page.goto(pathToFileURL(file).href, { waitUntil: 'commit', timeout: 0 });
    opened.catch(() => undefined);
    const measured = (async () => {
      await opened;
      timing.paintMs = await page.evaluate<number>(`loupeBench.firstPaint['${kind}']()`);
      timing.nodes = await page.evaluate<number>('loupeBench.countNodes()');
      const script = `loupeBench.pages['${kind}'].measure()`;
      Object.assign(
        timing,
        await page.evaluate<Pick<PageTiming, 'switchMs' | 'hover' | 'overviewMs'>>(script),
      );
    })();
    measured.catch(() => undefined);
    // Switching gets as long again as the first picture may take.
    await within(
      measured,
      () => limitMs * (timing.paintMs === undefined ? 1 : 2) - (performance.now() - started),
    );
  } finally {
    // A page in the middle of a gigabyte answers nothing, and the browser ends it all the same.
    await browser.close();
  }
  return timing;
}

/** Waits for work until `left` says that there is no time left. Rejects as the work does. */
async function within(work: Promise<void>, left: () => number): Promise<void> {
  const done = work.then(() => true);
  for (;;) {
    const pause = new Promise<false>((resolve) => setTimeout(() => resolve(false), Math.min(500, left())));
    if ((await Promise.race([done, pause])) || left() <= 0) return;
  }
}

async function answerScripts(page: Page, bertviz: string): Promise<void> {
  const files: readonly (readonly [RegExp, string])[] = [
    [/require(\.min)?\.js$/, 'requirejs/require.js'],
    [/d3\.min\.js$/, 'd3/dist/d3.min.js'],
    [/jquery\.min\.js$/, 'jquery/dist/jquery.min.js'],
  ];
  await page.route(/^https?:/, (route) => {
    const found = files.find(([pattern]) => pattern.test(route.request().url()));
    if (found === undefined) return route.abort();
    return route.fulfill({ path: join(bertviz, 'node_modules', found[1]), contentType: 'text/javascript' });
  });
}
