import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { exportAttention } from '../../src/core/attention/export/exportAttention.ts';
import type { FigureInput } from '../../src/core/attention/export/figureInput.ts';
import type { FigureSpec } from '../../src/shared/attentionProtocol.ts';
import { skipBecause } from '../support/skip.ts';
import { figureInput } from '../unit/attention/figureInput.ts';
import { randomMaps, tokensOf } from '../unit/attention/maps.ts';
import { runPythonScript } from './python.ts';

interface ReadArray {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly values?: unknown;
  readonly largestRowError?: number;
  readonly first?: number;
  readonly last?: number;
}
type ReadArchive = Readonly<Record<string, ReadArray>>;

const figure: FigureSpec = { view: 'overview', stack: 'encoder', theme: 'light', scale: 1, words: false };
const round = (values: unknown): unknown =>
  JSON.parse(
    JSON.stringify(values, (_, value: unknown) => (typeof value === 'number' ? Math.fround(value) : value)),
  );

describe('exported NPZ files open in numpy without pickle', function () {
  this.timeout(60_000);
  const python = process.env['LOUPE_PYTHON'];
  let folder = '';
  before(async function () {
    if (python === undefined)
      skipBecause(this, 'no Python: LOUPE_PYTHON names none (npm run test:parity makes one)');
    folder = await mkdtemp(path.join(tmpdir(), 'loupe-npz-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  async function roundTrip(input: FigureInput): Promise<ReadArchive> {
    const [file, result] = [path.join(folder, 'attention.npz'), path.join(folder, 'result.json')];
    await exportAttention(input, { format: 'npz', file, overwrite: true, figure });
    await runPythonScript(python!, 'readNpz.py', [result, file]);
    const [archive] = JSON.parse(await readFile(result, 'utf8')) as ReadArchive[];
    return archive!;
  }

  it('with an encoder: attention [layers, heads, queries, keys], tokens and offsets', async () => {
    const maps = randomMaps({ queries: 5, heads: [2, 2, 2] });
    const source = tokensOf(['[CLS]', 'naïve', '😀', 'σ"\'', '[SEP]']);
    const archive = await roundTrip(
      figureInput({ maps: [maps], source, text: 'naïve 😀', question: 'Why?' }),
    );
    assert.deepEqual(archive['attention'], { shape: [3, 2, 5, 5], dtype: '<f4', values: round(maps.exact) });
    assert.deepEqual(archive['tokens'], { shape: [5], dtype: '<U5', values: source.pieces });
    assert.deepEqual(archive['offsets']?.shape, [5, 2]);
    assert.deepEqual((archive['offsets'].values as number[][]).flat(), Array.from(source.offsets));
    assert.deepEqual(archive['special']?.values, [1, 0, 0, 0, 1]);
    assert.deepEqual(
      [archive['text']?.values, archive['question']?.values, archive['model']?.values],
      ['naïve 😀', 'Why?', 'starter:test'],
    );
  });

  it('with an encoder and a decoder: three attentions and the tokens of both', async () => {
    const maps = (['encoder', 'decoder', 'cross'] as const).map((name) =>
      randomMaps({ name, queries: name === 'encoder' ? 4 : 3, keys: name === 'decoder' ? 3 : 4, heads: [2] }),
    );
    const [encoder, decoder, cross] = maps;
    const target = tokensOf(['<pad>', 'a', 'b']);
    const input = figureInput({ maps, source: tokensOf(['w', 'x', 'y', '</s>']), target, text: 'w x y' });
    const stacks = input.overview.stacks.map((stack) =>
      stack.name === 'encoder'
        ? stack
        : {
            ...stack,
            queries: 'target' as const,
            keys: stack.name === 'cross' ? ('source' as const) : ('target' as const),
          },
    );
    const archive = await roundTrip({ ...input, overview: { ...input.overview, stacks } });
    for (const [name, of] of [
      ['attention', encoder],
      ['decoder_attention', decoder],
      ['cross_attention', cross],
    ] as const)
      assert.deepEqual(archive[name]?.values, round(of!.exact), name);
    assert.deepEqual(archive['cross_attention']?.shape, [1, 2, 3, 4]);
    assert.deepEqual(archive['target_tokens']?.values, target.pieces);
  });

  it('with layers of different numbers of heads: an array for each', async () => {
    const maps = randomMaps({ queries: 4, heads: [1, 3] });
    const archive = await roundTrip(
      figureInput({ maps: [maps], source: tokensOf(['a', 'b', 'c', 'd']), text: 'abcd' }),
    );
    assert.deepEqual(
      [archive['attention_0']?.shape, archive['attention_1']?.shape],
      [
        [1, 4, 4],
        [3, 4, 4],
      ],
    );
    assert.deepEqual(archive['attention_1']?.values, round(maps.exact[1]));
    assert.equal(archive['attention'], undefined);
  });

  it('of 12 layers, 12 heads and 512 tokens, written layer by layer', async () => {
    const one = randomMaps({ queries: 512, heads: [12] });
    const layer = Float32Array.from(one.exact[0]!.flat(2));
    const source = tokensOf(Array.from({ length: 512 }, (_, token) => `t${token}`));
    const input = figureInput({ maps: [one], source, text: '' });
    const [stack] = input.overview.stacks;
    const stacks = [{ ...stack!, heads: Array.from({ length: 12 }, () => 12) }];
    const before = process.memoryUsage().rss;
    let most = before;
    const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 5);
    const archive = await roundTrip({
      ...input,
      overview: { ...input.overview, stacks },
      exact: () => Promise.resolve(layer),
    });
    clearInterval(watch);
    assert.equal((await stat(path.join(folder, 'attention.npz'))).size > 150e6, true);
    const { shape, largestRowError, first, last } = archive['attention']!;
    assert.deepEqual(shape, [12, 12, 512, 512]);
    assert.ok(largestRowError! < 1e-4);
    assert.deepEqual([first, last], [layer[0], layer.at(-1)]);
    assert.ok(most - before < 80e6, `${most - before} bytes more while writing 151 MB`);
  });
});
