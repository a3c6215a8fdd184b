// Run by scripts/bench.mjs, which has built Loupe and found Python: main.ts PYTHON FOLDER MODEL GROUPS [--write]
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { attentionInputs } from './attentionInputs.ts';
import { attentionPageRows } from './attentionPages.ts';
import { attentionRunRows } from './attentionRun.ts';
import { describeMachine } from './machine.ts';
import { overheadRows, stallRows } from './process.ts';
import { throughputRows } from './throughput.ts';
import { markdownTable } from './table.ts';
import type { Inputs } from './inputs.ts';
import type { Row } from './table.ts';

const [python = '', folder = '', model = '', wanted = ''] = process.argv.slice(2);
const root = join(import.meta.dirname, '..', '..');
const textsFile = join(folder, 'texts.json');
const texts = JSON.parse(readFileSync(textsFile, 'utf8')) as string[];
const inputs: Inputs = { root, python, model, textsFile, texts };

type Measure = (inputs: Inputs) => Promise<Row[]>;
/** Rows by group; each group has a table of its own between marks of its name in docs/benchmarks.md. */
const groups: Readonly<Record<string, readonly Measure[]>> = {
  tasks: [overheadRows, stallRows, throughputRows],
  attention: [
    function attentionRun() {
      return attentionRunRows(attentionInputs(inputs, folder));
    },
    function attentionPages() {
      return attentionPageRows(attentionInputs(inputs, folder));
    },
  ],
};

const heading = `${new Date().toISOString().slice(0, 10)}, ${describeMachine()}`;
for (const group of wanted.split(',')) {
  const rows: Row[] = [];
  for (const measure of groups[group] ?? []) {
    process.stderr.write(`${measure.name} ...\n`);
    rows.push(...(await measure(inputs)));
  }
  const table = markdownTable(rows);
  process.stdout.write(`\n${heading}\n\n${table}\n`);
  if (process.argv.includes('--write')) writeTable(group, table);
}
process.exit(0);

function writeTable(group: string, table: string): void {
  const page = join(root, 'docs', 'benchmarks.md');
  const marks = [`<!-- begin ${group} -->`, `<!-- end ${group} -->`] as const;
  const [before, rest] = readFileSync(page, 'utf8').split(marks[0]);
  const after = rest?.split(marks[1])[1];
  if (before === undefined || after === undefined) throw new Error(`${page} has no ${marks.join(' ... ')}`);
  writeFileSync(page, `${before}${marks[0]}\n\n${heading}\n\n${table}\n\n${marks[1]}${after}`);
}
