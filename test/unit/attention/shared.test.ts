import assert from 'node:assert/strict';
import { alignTokens } from '../../../src/shared/attentionAlign.ts';
import {
  divergingColors,
  entryOf,
  headColor,
  sequentialColors,
  themeBackgrounds,
  type Rgb,
} from '../../../src/shared/attentionColors.ts';
import { weightAt } from '../../../src/shared/attentionMaps.ts';
import { displayPieces } from '../../../src/shared/attentionPieces.ts';
import { groupMap, groupWords, singleTokens } from '../../../src/shared/attentionWords.ts';
import { regionOf } from '../../../src/core/attention/region.ts';
import { randomMaps, randomNumbers, tokensOf } from './maps.ts';

describe('labels of tokens', () => {
  it('read as the text does, whatever the vocabulary', () => {
    assert.deepEqual(displayPieces(['[CLS]', 'play', '##ing', 'é', '[SEP]']), [
      '[CLS]',
      'play',
      '##ing',
      'é',
      '[SEP]',
    ]);
    assert.deepEqual(displayPieces(['<s>', 'The', 'ĠcafÃ©', 'Ċ', 'ĠĠif']), [
      '<s>',
      'The',
      '·café',
      '↵',
      '··if',
    ]);
    assert.deepEqual(displayPieces(['▁a', 'ção', '</s>']), ['·a', 'ção', '</s>']);
    assert.deepEqual(displayPieces(['cafÃ©']), ['café']);
  });

  it('show the bytes of half a character', () => {
    assert.deepEqual(displayPieces(['ĠðŁ', 'ĺĢ', 'é']), ['·<0xF0><0x9F>', '<0x98><0x80>', '<0xE9>']);
  });
});

describe('tokens grouped to words', () => {
  const tokens = {
    ...tokensOf(['[CLS]', 'un', '##believ', '##able', '!', '[SEP]']),
    words: Int32Array.of(-1, 0, 0, 0, 1, -1),
    offsets: Uint32Array.of(0, 0, 0, 2, 2, 8, 8, 12, 12, 13, 0, 0),
  };

  it('keep special tokens alone, and are labelled by the text', () => {
    const groups = groupWords(tokens, ['Unbelievable!']);
    assert.deepEqual(
      groups.map(({ first, end, label, span, isSpecial }) => [first, end, label, span, isSpecial]),
      [
        [0, 1, '[CLS]', undefined, true],
        [1, 4, 'Unbelievable', { start: 0, end: 12 }, false],
        [4, 5, '!', { start: 12, end: 13 }, false],
        [5, 6, '[SEP]', undefined, true],
      ],
    );
    assert.deepEqual(
      groupWords(tokens).map(({ label }) => label),
      ['[CLS]', 'unbelievable', '!', '[SEP]'],
    );
    assert.deepEqual(
      singleTokens(tokens).map(({ label }) => label),
      [...tokens.pieces],
    );
  });

  it('are labelled without the space that byte-level tokens begin with, and show line ends', () => {
    const bytes = {
      ...tokensOf(['Hi', 'Ġth', 'ere', 'Ċ'], []),
      words: Int32Array.of(0, 1, 1, 2),
      offsets: Uint32Array.of(0, 2, 2, 5, 5, 8, 8, 9),
    };
    assert.deepEqual(
      groupWords(bytes, ['Hi there\n']).map(({ label }) => label),
      ['Hi', 'there', '↵'],
    );
    assert.deepEqual(
      groupWords(bytes).map(({ label }) => label),
      ['Hi', '·there', '↵'],
    );
  });

  it('never join a word of the question with one of the context', () => {
    const pair = {
      ...tokens,
      words: Int32Array.of(0, 0, 0, 0, 0, 0),
      special: new Uint8Array(6),
      sequence: Int8Array.of(0, 0, 0, 1, 1, 1),
    };
    assert.deepEqual(
      groupWords(pair).map(({ first, end }) => [first, end]),
      [
        [0, 3],
        [3, 6],
      ],
    );
  });

  it('have the mean of their rows and the sum of their columns', () => {
    const { stack, exact } = randomMaps({
      queries: 6,
      heads: [1],
      nan: [
        [0, 0, 2],
        [0, 0, 4],
      ],
    });
    const map = regionOf(stack.layers[0]!, { stack: 'encoder', layer: 0, head: 0 }, 'm');
    const groups = groupWords(tokens);
    const grouped = groupMap(map, groups, groups);
    const head = exact[0]![0]!;
    const sum = (row: readonly number[]): number => row[1]! + row[2]! + row[3]!;
    assert.ok(Math.abs(weightAt(grouped, 1, 1) - (sum(head[1]!) + sum(head[3]!)) / 2) < 0.005);
    assert.ok(Math.abs(weightAt(grouped, 0, 3) - head[0]![5]!) < 0.005);
    assert.deepEqual(Array.from(grouped.scales, Number.isNaN), [false, false, true, false]);
  });
});

describe('two texts side by side', () => {
  const pairs = (a: string, b: string): string[] =>
    Array.from(alignTokens(a.split(' '), b.split(' ')).right, (other, token) => `${token}:${other}`);

  it('are aligned by their common tokens, in order', () => {
    assert.deepEqual(pairs('the cat sat', 'the cat sat'), ['0:0', '1:1', '2:2']);
    assert.deepEqual(pairs('the black cat sat', 'the cat sat down'), ['0:0', '1:-1', '2:1', '3:2']);
    assert.deepEqual(pairs('a b', 'c d'), ['0:-1', '1:-1']);
    assert.deepEqual(pairs('a a a', 'a a'), ['0:0', '1:1', '2:-1']);
  });

  it('have as many matches as can be, each both ways', () => {
    const random = randomNumbers(5);
    for (let round = 0; round < 50; round++) {
      const make = (): string[] =>
        Array.from({ length: Math.floor(random() * 8) }, () => 'abc'[Math.floor(random() * 3)]!);
      const [a, b] = [make(), make()];
      const { left, right } = alignTokens(a, b);
      const matched = Array.from(right.entries()).filter(([, other]) => other >= 0);
      for (const [token, other] of matched) assert.deepEqual([a[token], left[other]], [b[other], token]);
      const partners = matched.map(([, other]) => other);
      assert.deepEqual(
        partners,
        partners.toSorted((x, y) => x - y),
      );
      assert.equal(matched.length, longest(a, b));
    }
  });
});

/** Length of the longest common subsequence by trying all. */
function longest(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return 0;
  if (a[0] === b[0]) return 1 + longest(a.slice(1), b.slice(1));
  return Math.max(longest(a.slice(1), b), longest(a, b.slice(1)));
}

/** Relative luminance and contrast as WCAG 2.2 defines them. */
function luminance(color: Rgb): number {
  const [r, g, b] = color.map((part) =>
    part / 255 <= 0.04045 ? part / 3294.6 : ((part / 255 + 0.055) / 1.055) ** 2.4,
  ) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(a: Rgb, b: Rgb): number {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}
const parse = (hex: string): Rgb =>
  [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as unknown as Rgb;

describe('colours', () => {
  for (const theme of ['light', 'dark'] as const) {
    const background = themeBackgrounds[theme];

    it(`of weights begin with the background and are ordered by lightness: ${theme}`, () => {
      const table = sequentialColors(background);
      assert.deepEqual(entryOf(table, 0), background);
      const lights = Array.from({ length: 256 }, (_, entry) => luminance(entryOf(table, entry)));
      for (let entry = 1; entry < 256; entry++) {
        const step = lights[entry]! - lights[entry - 1]!;
        assert.ok(theme === 'light' ? step <= 1e-4 : step >= -1e-4, `entry ${entry}`);
      }
      assert.ok(contrast(entryOf(table, 255), background) > 12);
      assert.ok(new Set(Array.from({ length: 256 }, (_, entry) => entryOf(table, entry).join())).size > 200);
    });

    it(`of differences have the background in the middle, blue below and orange above: ${theme}`, () => {
      const table = divergingColors(background);
      assert.deepEqual(entryOf(table, 128), background);
      const [low, high] = [entryOf(table, 1), entryOf(table, 255)];
      assert.ok(low[2] > low[0] && high[0] > high[2]);
      for (const end of [low, high]) assert.ok(contrast(end, background) > 4.5);
    });

    it(`of heads stand out from the background and from each other: ${theme}`, () => {
      const colors = Array.from({ length: 16 }, (_, head) => parse(headColor(theme, head)));
      for (const [head, color] of colors.entries()) {
        assert.ok(contrast(color, background) >= 3, `head ${head}`);
        for (const other of colors.slice(head + 1))
          assert.ok(Math.hypot(...color.map((part, index) => part - other[index]!)) > 40);
      }
      assert.equal(headColor(theme, 16), headColor(theme, 0));
    });
  }
});
