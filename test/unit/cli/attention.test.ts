import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { skipBecause } from '../../support/skip.ts';
import { gridsOf, parseSvg } from '../attention/svgReader.ts';
import { temporaryFolders } from '../models/modelFolders.ts';
import { jsonLines, root, runCli, tinyClassifier, whyNoCli } from './runCli.ts';

const input = 'I loved it 😀, really.';
const model = ['--model', tinyClassifier];

interface Answer {
  readonly tokens: readonly {
    readonly piece: string;
    readonly start: number;
    readonly end: number;
    readonly special: boolean;
  }[];
  readonly stacks: readonly {
    readonly name: string;
    readonly heads: readonly number[];
    readonly nodes: readonly string[];
  }[];
  readonly heads: readonly {
    readonly layer: number;
    readonly head: number;
    readonly entropy: number;
    readonly relativeEntropy: number;
    readonly shares: Readonly<Record<string, number>>;
  }[];
  readonly prediction: { readonly kind: string; readonly text: string; readonly score: number };
}

describe('loupe attention', function () {
  this.timeout(60_000);
  const folders = temporaryFolders();
  before(function () {
    const reason = whyNoCli();
    if (reason !== undefined) skipBecause(this, reason);
  });
  after(folders.removeAll);

  it('prints a row for each head and the prediction', async () => {
    const { code, stdout, stderr } = await runCli(['attention', ...model], { input });
    assert.equal(code, 0, stderr);
    const lines = stdout.split('\n');
    assert.match(lines[0]!, /tiny-classifier \(bert\), \d+ tokens$/);
    assert.match(lines[1]!, /^Prediction: (POSITIVE|NEGATIVE) \(0\.\d{3}\)$/);
    assert.match(lines[3]!, /^STACK +LAYER +HEAD +ENTROPY +OF MOST +DISTANCE +PATTERN$/);
    const rows = lines.filter((line) => /^encoder +\d+ +\d+ +\d\.\d\d +\d+% +\d+\.\d/.test(line));
    assert.deepEqual(
      rows.map((row) => row.split(/ +/).slice(1, 3).join('.')),
      ['0.0', '0.1', '0.2', '0.3', '1.0', '1.1', '1.2', '1.3'],
    );
  });

  it('gives tokens with their places, heads and prediction as one JSON object', async () => {
    const { code, stdout, stderr } = await runCli(['attention', '--json', ...model], { input });
    assert.equal(code, 0, stderr);
    const [answer, ...more] = jsonLines(stdout) as unknown as Answer[];
    assert.equal(more.length, 0);
    const { tokens, stacks, heads, prediction } = answer!;
    assert.deepEqual([tokens[0]?.piece, tokens[0]?.special, tokens.at(-1)?.special], ['[CLS]', true, true]);
    const emoji = input.indexOf('😀');
    assert.ok(tokens.some(({ start, end }) => start === emoji && end === emoji + 2));
    assert.deepEqual(
      stacks.map(({ name, heads: counts }) => [name, counts]),
      [['encoder', [4, 4]]],
    );
    assert.equal(stacks[0]?.nodes.length, 2);
    assert.equal(heads.length, 8);
    for (const { entropy, relativeEntropy, shares } of heads) {
      assert.ok(entropy > 0 && relativeEntropy > 0 && relativeEntropy <= 1);
      assert.deepEqual(Object.keys(shares), ['first', 'separator', 'diagonal', 'previous', 'next']);
    }
    assert.deepEqual([prediction.kind, prediction.score > 0.5], ['label', true]);
  });

  it('writes every format, the same weights in each', async () => {
    const folder = await folders.make();
    const formats = ['svg', 'pdf', 'png', 'html', 'csv', 'npz'];
    for (const format of formats) {
      const out = path.join(folder, `map.${format}`);
      const { code, stdout, stderr } = await runCli(
        ['attention', ...model, '--layer', '1', '--head', '2', '--out', out],
        { input },
      );
      assert.deepEqual([code, stdout], [0, ''], stderr);
    }
    assert.deepEqual((await readdir(folder)).sort(), formats.map((format) => `map.${format}`).sort());
    const read = (format: string): Promise<Buffer> => readFile(path.join(folder, `map.${format}`));
    const rows = (await read('csv'))
      .toString()
      .split('\r\n')
      .slice(1, -1)
      .map((line) => line.split(',').map(String));
    const weights = rows.map((row) => Number(row.at(-1)));
    const side = Math.sqrt(weights.length);
    for (let query = 0; query < side; query++)
      assert.ok(
        Math.abs(
          weights.slice(query * side, (query + 1) * side).reduce((sum, weight) => sum + weight, 0) - 1,
        ) < 1e-4,
      );
    // The darkest cell of the picture is the largest weight of the table.
    const grid = gridsOf(parseSvg(await read('svg')))[0]!;
    const largest = weights.indexOf(Math.max(...weights));
    assert.equal(grid.colors.get(`${Math.floor(largest / side)},${largest % side}`), '#0a1432');
    assert.equal((await read('pdf')).subarray(0, 5).toString(), '%PDF-');
    assert.deepEqual((await read('png')).subarray(1, 4).toString(), 'PNG');
    assert.match((await read('html')).toString(), /id="loupe-attention">\{"format":"loupe-attention"/);
    assert.ok((await read('npz')).includes('attention.npy'));
  });

  it('leaves a file alone that exists, unless told to replace it', async () => {
    const out = path.join(await folders.make(), 'map.svg');
    await writeFile(out, 'mine');
    const args = ['attention', ...model, '--out', out];
    const refused = await runCli(args, { input });
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /map\.svg exists already/);
    assert.equal(await readFile(out, 'utf8'), 'mine');
    const { code } = await runCli([...args, '--overwrite'], { input });
    assert.equal(code, 0);
    assert.match(await readFile(out, 'utf8'), /^<\?xml/);
  });

  for (const [what, args, code, message] of [
    [
      'a layer that is not there',
      ['--out', 'no.svg', '--layer', '7'],
      2,
      /has no layer 7; the layers count from 0 to 1/,
    ],
    [
      'a head that is not there',
      ['--out', 'no.svg', '--head', '4'],
      2,
      /has no head 4; the heads count from 0 to 3/,
    ],
    [
      'a token that is not there',
      ['--out', 'no.svg', '--view', 'text', '--token', '999'],
      2,
      /has no token 999/,
    ],
    ['a window that is not there', ['--window', '3'], 2, /there is no window 3/],
    ['a model that does not generate', ['--generate', '2'], 2, /does not generate text/],
    ['a folder that is not there', ['--out', 'no/such/map.svg'], 2, /cannot be written \(ENOENT\)/],
    ['a format it cannot write', ['--out', 'map.jpg'], 2, /no format "jpg"/],
  ] as const)
    it(`exits with ${code} for ${what}, and leaves no file`, async () => {
      const result = await runCli(['attention', ...model, ...args], { input });
      assert.deepEqual([result.code, result.stdout], [code, '']);
      assert.match(result.stderr, message);
      assert.ok(!(await readdir(root)).some((name) => name.startsWith('no.')));
    });

  it('exits with 1 for a text that cannot be used', async () => {
    for (const [text, message] of [
      ['', /no text/],
      ['a\0b', /NUL/],
    ] as const) {
      const result = await runCli(['attention', ...model], { input: text });
      assert.deepEqual([result.code, result.stdout], [1, '']);
      assert.match(result.stderr, message);
    }
  });

  it('explains itself', async () => {
    const { code, stdout } = await runCli(['attention', '--help']);
    assert.equal(code, 0);
    for (const word of ['--out', '--layer', '--words', '.npz']) assert.ok(stdout.includes(word), word);
  });
});
