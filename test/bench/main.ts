// Run by scripts/bench.mjs, which has built Loupe and found Python: main.ts PYTHON FOLDER MODEL [--write]
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeMachine } from './machine.ts';
import { overheadRows, stallRows } from './process.ts';
import { throughputRows } from './throughput.ts';
import { markdownTable } from './table.ts';
import type { Inputs } from './inputs.ts';
import type { Row } from './table.ts';

const [python = '', folder = '', model = ''] = process.argv.slice(2);
const root = join(import.meta.dirname, '..', '..');
const textsFile = join(folder, 'texts.json');
const texts = JSON.parse(readFileSync(textsFile, 'utf8')) as string[];
const inputs: Inputs = { root, python, model, textsFile, texts };

const rows: Row[] = [];
for (const measure of [overheadRows, stallRows, throughputRows]) {
  process.stderr.write(`${measure.name} ...\n`);
  rows.push(...(await measure(inputs)));
}
const heading = `${new Date().toISOString().slice(0, 10)}, ${describeMachine()}`;
const table = markdownTable(rows);
process.stdout.write(`\n${heading}\n\n${table}\n`);

if (process.argv.includes('--write')) {
  const page = join(root, 'docs', 'benchmarks.md');
  const [before = '', , after = ''] = readFileSync(page, 'utf8').split(/<!-- (?:begin|end) measured -->/);
  const measured = `<!-- begin measured -->\n\n${heading}\n\n${table}\n\n<!-- end measured -->`;
  writeFileSync(page, `${before}${measured}${after}`);
}
process.exit(0);
