import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { FigureSpec } from '../../src/shared/attentionProtocol.ts';
import { timePageOften } from './attentionBrowser.ts';
import type { PageTiming } from './attentionBrowser.ts';
import type { AttentionInputs } from './attentionInputs.ts';
import { sourceOf } from './attentionInputs.ts';
import { startLoupe } from './loupe.ts';
import { limitText } from './table.ts';
import type { Row } from './table.ts';

const lengths = [64, 128, 256, 512];
const figure: FigureSpec = { theme: 'light', scale: 1, words: false, view: 'overview', stack: 'encoder' };
/** How many times smaller and quicker Loupe's page has to be than BertViz's head view. */
const bars: Readonly<Record<number, number>> = { 64: 10, 256: 40 };
const maximumNodes = 300;

/**
 * The same maps, 12 layers x 12 heads, as Loupe's exported page and as BertViz's head view and model view, each alone in the same
 * Chromium: size, elements, first picture, another head.
 */
export async function attentionPageRows(inputs: AttentionInputs): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'loupe-bench-attention-'));
  const client = startLoupe(inputs.root, 'fp32');
  const rows: Row[] = [];
  /** The number of tokens that a view of BertViz showed nothing of, which it is not given more of. */
  const empty = new Map<string, number>();
  try {
    for (const tokens of lengths) {
      const [maps, page] = [join(folder, `${tokens}.npz`), join(folder, `${tokens}.html`)];
      const source = sourceOf(inputs.base, inputs.text('bert-base', tokens));
      const started = performance.now();
      const { ms } = await client.attention(source, 'overview', {});
      const afterRun = performance.now() - started - ms.edit - ms.load - ms.run;
      for (const [format, file] of [
        ['npz', maps],
        ['html', page],
      ] as const)
        await client.attention(source, 'export', { format, file, overwrite: true, figure });
      const ours = await timePageOften(page, 'loupe', inputs);
      const what = `attention as a page, ${tokens} tokens`;
      const theirs: Row[] = [];
      for (const view of ['head', 'model'] as const) {
        const who = `BertViz ${view} view`;
        const shorter = empty.get(view);
        if (shorter !== undefined) {
          theirs.push({ what, who, value: `not opened: nothing at ${shorter} tokens`, ratio: '' });
          continue;
        }
        const file = join(folder, `${view}.html`);
        writeBertviz(inputs, maps, view, file);
        const timing = await timePageOften(file, `bertviz-${view}`, inputs);
        rmSync(file);
        if (timing.paintMs === undefined) empty.set(view, tokens);
        const against = compare(ours, timing, view === 'head' ? bars[tokens] : undefined);
        theirs.push({ what, who, value: describe(timing), ratio: against });
      }
      rows.push({ what, who: 'Loupe', value: describe(ours), ratio: '' }, ...theirs);
      if (tokens === 512) rows.push(...ownBars(ours, afterRun));
      rmSync(maps);
      rmSync(page);
    }
  } finally {
    client.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
  return rows;
}

function writeBertviz(
  { root, python, bertviz }: AttentionInputs,
  maps: string,
  view: string,
  file: string,
): void {
  const path = [join(bertviz, 'python'), process.env['PYTHONPATH']].filter(Boolean).join(delimiter);
  execFileSync(python, [join(root, 'test/bench/bertvizPages.py'), maps, view, file], {
    env: { ...process.env, PYTHONPATH: path },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

function describe({ bytes, nodes, paintMs, switchMs }: PageTiming): string {
  const size = `${(bytes / 1e6).toFixed(1)} MB`;
  if (paintMs === undefined) return `${size}, nothing in 60 s`;
  const other = switchMs === undefined ? 'no other head in 60 s' : `another head ${switchMs.toFixed(0)} ms`;
  return `${size}, ${nodes} elements, first picture ${paintMs.toFixed(0)} ms, ${other}`;
}

/** How many times more BertViz needs; `bar` is for each of the four. */
function compare(ours: PageTiming, theirs: PageTiming, bar: number | undefined): string {
  const of = (name: string, a: number | undefined, b: number | undefined) =>
    a === undefined || b === undefined
      ? undefined
      : `${name} ${(b / a).toFixed(1)}x${bar !== undefined && b / a < bar ? ' (missed)' : ''}`;
  const parts = [
    of('bytes', ours.bytes, theirs.bytes),
    of('elements', ours.nodes, theirs.nodes),
    of('first', ours.paintMs, theirs.paintMs),
    of('head', ours.switchMs, theirs.switchMs),
  ].filter((part) => part !== undefined);
  return parts.join(', ') + (bar === undefined ? '' : ` (bar ${bar}x)`);
}

/** The bars that Loupe's page has for itself at 512 tokens. */
function ownBars({ nodes, switchMs, hover, overviewMs }: PageTiming, afterRun: number): Row[] {
  const row = (what: string, value: number | undefined, limit: number, unit: string, more = ''): Row => ({
    what: `page of 512 tokens: ${what}`,
    who: 'Loupe',
    value: more,
    ratio:
      value === undefined ? `nothing in 60 s (bar ${limit} ${unit}, missed)` : limitText(value, limit, unit),
  });
  const overview = overviewMs === undefined ? undefined : afterRun + overviewMs;
  return [
    row(
      'overview after the run has ended',
      overview,
      300,
      'ms',
      `to the caller ${afterRun.toFixed(0)} ms, to its frame ${overviewMs?.toFixed(0)} ms`,
    ),
    row('elements', nodes, maximumNodes, 'elements'),
    row('another head', switchMs, 50, 'ms', 'median of 22, all for the first time'),
    row(
      'work for a frame while the mouse moves',
      hover?.median,
      16,
      'ms',
      `longest ${hover?.longest.toFixed(1)} ms`,
    ),
  ];
}
