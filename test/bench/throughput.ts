import { availableParallelism } from 'node:os';
import { startCompetitor } from './competitor.ts';
import { classification, startLoupe } from './loupe.ts';
import { median, ratioText } from './table.ts';
import type { Row } from './table.ts';
import type { Inputs } from './inputs.ts';

const rounds = 3;
const singleRepeats = 60;

type Measure = () => Promise<number>;

/**
 * 500 reviews of mixed length, rows a second, and one sentence, median milliseconds: the Python pipeline, transformers.js
 * and Loupe on the same weights. Every round runs all of them in turn, so that a change in the machine's load meets all;
 * the best round of each counts.
 */
export async function throughputRows({ root, python, model, textsFile, texts }: Inputs): Promise<Row[]> {
  const threads = String(availableParallelism());
  const hf = await startCompetitor(python, [`${root}/test/bench/pipeline.py`, model, textsFile, threads]);
  const js = await startCompetitor(process.execPath, [
    `${root}/test/bench/transformersJs.mjs`,
    model,
    textsFile,
  ]);
  const fp32 = startLoupe(root, 'fp32');
  const int8 = startLoupe(root, 'q8');
  const rate = (competitor: typeof hf, line: string) => async () => {
    const timing = await competitor.time(line);
    return timing.rows / timing.seconds;
  };
  const loupeRate = (client: typeof fp32) => async () => {
    const started = performance.now();
    await Promise.all(texts.map((text) => client.run(classification(model, text, 'bulk'))));
    return (texts.length / (performance.now() - started)) * 1000;
  };
  const loupeSingle = (client: typeof fp32) => async () => {
    const each: number[] = [];
    for (let i = 0; i < singleRepeats; i++) {
      const started = performance.now();
      await client.run(classification(model, texts[0] ?? '', 'interactive'));
      each.push(performance.now() - started);
    }
    return median(each);
  };
  const bulk: Record<string, Measure> = {
    'Python pipeline fp32, batch 1': rate(hf, 'batch1'),
    'Python pipeline fp32, batch 32': rate(hf, 'batch32'),
    'transformers.js fp32, one by one': rate(js, 'batch1 fp32'),
    'transformers.js fp32, batch 32': rate(js, 'batch32 fp32'),
    'transformers.js int8, one by one': rate(js, 'batch1 q8'),
    'transformers.js int8, batch 32': rate(js, 'batch32 q8'),
    'Loupe fp32': loupeRate(fp32),
    'Loupe int8': loupeRate(int8),
  };
  const single: Record<string, Measure> = {
    'Python pipeline fp32': async () => (await hf.time('single')).median_ms,
    'transformers.js fp32': async () => (await js.time('single fp32')).median_ms,
    'transformers.js int8': async () => (await js.time('single q8')).median_ms,
    'Loupe fp32': loupeSingle(fp32),
    'Loupe int8': loupeSingle(int8),
  };
  try {
    await Promise.all([loupeRate(fp32)(), loupeSingle(fp32)()]);
    await Promise.all([loupeRate(int8)(), loupeSingle(int8)()]);
    const rates = await bestOf(bulk, Math.max);
    const times = await bestOf(single, Math.min);
    return [...bulkRows(rates), ...singleRows(times)];
  } finally {
    hf.stop();
    js.stop();
    fp32.dispose();
    int8.dispose();
  }
}

async function bestOf(
  measures: Readonly<Record<string, Measure>>,
  better: (a: number, b: number) => number,
): Promise<ReadonlyMap<string, number>> {
  const best = new Map<string, number>();
  for (let round = 0; round < rounds; round++) {
    for (const [name, measure] of Object.entries(measures)) {
      const value = await measure();
      best.set(name, better(best.get(name) ?? value, value));
    }
  }
  return best;
}

const of = (values: ReadonlyMap<string, number>, name: string) => values.get(name) ?? Number.NaN;
const bestFrom = (values: ReadonlyMap<string, number>, prefix: string) =>
  Math.max(...[...values].filter(([name]) => name.startsWith(prefix)).map(([, value]) => value));

function bulkRows(rates: ReadonlyMap<string, number>): Row[] {
  const against = {
    fp32: { python: [bestFrom(rates, 'Python'), 2.2], js: [bestFrom(rates, 'transformers.js fp32'), 1.2] },
    int8: { python: [bestFrom(rates, 'Python'), 5], js: [bestFrom(rates, 'transformers.js int8'), 2] },
  } as const;
  return [...rates].map(([who, value]) => {
    const precision = who === 'Loupe fp32' ? 'fp32' : who === 'Loupe int8' ? 'int8' : undefined;
    const bars = precision && against[precision];
    const ratio = bars
      ? `${ratioText(value / bars.python[0], bars.python[1])} of Python, ${ratioText(value / bars.js[0], bars.js[1])} of transformers.js`
      : '';
    return { what: '500 mixed-length reviews', who, value: `${value.toFixed(1)} rows/s`, ratio };
  });
}

function singleRows(times: ReadonlyMap<string, number>): Row[] {
  const fastest = Math.min(of(times, 'Python pipeline fp32'), of(times, 'transformers.js fp32'));
  return [...times].map(([who, value]) => ({
    what: 'one sentence',
    who,
    value: `${value.toFixed(2)} ms`,
    ratio: who === 'Loupe fp32' ? `${ratioText(fastest / value, 1)} of the faster one` : '',
  }));
}
