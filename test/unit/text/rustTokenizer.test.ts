import assert from 'node:assert/strict';
import type { TextTokenizer } from '../../../src/core/text/textTokenizer.ts';
import { fixtureTokenizer, nastyTexts, showTokens, tokenizerKinds } from './fixtureTokenizers.ts';

const wide = { maxLength: 10_000, stride: 0 };

for (const kind of tokenizerKinds)
  describe(`${kind} tokenizer`, () => {
    let tokenizer: TextTokenizer;
    before(async () => {
      tokenizer = await fixtureTokenizer(kind);
    });

    it('gives offsets that lie in the text and never split a character', async () => {
      for (const text of nastyTexts) {
        const [window] = await tokenizer.encode(text, wide);
        const characterStarts = new Set<number>([text.length]);
        for (let i = 0; i < text.length; i += text.codePointAt(i)! > 0xffff ? 2 : 1) characterStarts.add(i);
        for (const offset of window!.offsets)
          assert.ok(characterStarts.has(offset), `${offset} in ${JSON.stringify(text)}`);
      }
    });

    it('gives tokens in the order of the text, each letter and digit in one of them', async () => {
      for (const text of nastyTexts) {
        const [window] = await tokenizer.encode(text, wide);
        const covered = new Uint8Array(text.length);
        let before = 0;
        for (let t = 0; t < window!.ids.length; t++) {
          if (window!.special[t] === 1) continue;
          const start = window!.offsets[2 * t]!;
          const end = window!.offsets[2 * t + 1]!;
          assert.ok(start >= before && end >= start, `${start}-${end} in ${JSON.stringify(text)}`);
          before = start;
          covered.fill(1, start, end);
        }
        for (const { 0: letter, index } of text.matchAll(/[\p{L}\p{N}]/gu))
          assert.equal(covered[index], 1, `${letter} at ${index} of ${JSON.stringify(text)}`);
      }
    });

    it('cuts a text into windows that together hold the tokens of the whole', async () => {
      for (const text of nastyTexts) {
        const [whole] = await tokenizer.encode(text, wide);
        for (const options of [
          { maxLength: 12, stride: 3 },
          { maxLength: 8, stride: 5 },
          { maxLength: 16, stride: 0 },
        ]) {
          const windows = await tokenizer.encode(text, options);
          const seen: string[] = [];
          for (const window of windows) {
            assert.ok(window.ids.length <= options.maxLength);
            assert.equal(window.offsets.length, 2 * window.ids.length);
            const tokens = showTokens(window, tokenizer).filter((_, t) => window.special[t] === 0);
            tokens.forEach((token, i) => {
              const position = window.position + i;
              assert.ok(position >= seen.length || seen[position] === token);
              seen[position] = token;
            });
          }
          assert.deepEqual(
            seen,
            showTokens(whole!, tokenizer).filter((_, t) => whole!.special[t] === 0),
          );
        }
      }
    });

    it('reads a broken character as U+FFFD and keeps the place of everything else', async () => {
      const [broken] = await tokenizer.encode('um \ud800 dois \udc00\udc00 três 👍', wide);
      const [replaced] = await tokenizer.encode('um \uFFFD dois \uFFFD\uFFFD três 👍', wide);
      assert.deepEqual(broken, replaced);
    });

    it('gives the special tokens alone for an empty text', async () => {
      const windows = await tokenizer.encode('', wide);
      assert.equal(windows.length, 1);
      assert.ok(windows[0]!.special.every((special) => special === 1));
    });

    it('encodes many texts as it encodes each', async () => {
      const options = { maxLength: 20, stride: 4 };
      const together = await tokenizer.encodeAll(nastyTexts, options);
      for (const [i, text] of nastyTexts.entries())
        assert.deepEqual(together[i], await tokenizer.encode(text, options));
    });

    it('gives each part of a question and text the offsets it has by itself', async () => {
      for (const text of nastyTexts) {
        const question = 'Quem é? 👍🏽';
        const { windows } = await tokenizer.encodePair(question, text, wide);
        const alone = [question, text].map(async (part) => (await tokenizer.encode(part, wide))[0]!);
        for (const [sequence, { ids, offsets, words, special }] of (await Promise.all(alone)).entries()) {
          const of = (s: number) =>
            [...windows[0]!.sequence.keys()].filter((t) => windows[0]!.sequence[t] === s);
          const tokens = of(sequence).map((t) => [
            windows[0]!.ids[t],
            windows[0]!.offsets[2 * t],
            windows[0]!.offsets[2 * t + 1],
            windows[0]!.words[t],
          ]);
          const expected = [...ids.keys()]
            .filter((t) => special[t] === 0)
            .map((t) => [ids[t], offsets[2 * t], offsets[2 * t + 1], words[t]]);
          assert.deepEqual(tokens, expected);
        }
      }
    });

    it('overlapping calls do not disturb each other', async () => {
      const small = { maxLength: 10, stride: 2 };
      const alone = [
        await tokenizer.encode(nastyTexts[0]!, small),
        await tokenizer.encode(nastyTexts[5]!, wide),
      ];
      const atOnce = await Promise.all([
        tokenizer.encode(nastyTexts[0]!, small),
        tokenizer.encode(nastyTexts[5]!, wide),
      ]);
      assert.deepEqual(atOnce, alone);
    });
  });

describe('what Loupe knows of a vocabulary', () => {
  it('token texts, the mask, the unknown token and the mark of word parts', async () => {
    const facts = tokenizerKinds.map(async (kind) => {
      const { maskId, unknownId, continuationPrefix } = await fixtureTokenizer(kind);
      return [kind, maskId, unknownId, continuationPrefix];
    });
    assert.deepEqual(await Promise.all(facts), [
      ['wordpiece', 4, 1, '##'],
      ['bpe', 4, undefined, undefined],
      ['unigram', 4, 3, undefined],
    ]);
    const wordpiece = await fixtureTokenizer('wordpiece');
    assert.equal(wordpiece.tokenText(2), '[CLS]');
    assert.equal(wordpiece.tokenText(99_999), '');
  });
});

describe('exact offsets of known tokens', () => {
  it('WordPiece: accents gone from the tokens, not from the places', async () => {
    const tokenizer = await fixtureTokenizer('wordpiece');
    const [window] = await tokenizer.encode('Não é 👍 ótimo!', wide);
    assert.deepEqual(showTokens(window!, tokenizer), [
      '[CLS][0-0]',
      'nao[0-3]',
      'e[4-5]',
      '[UNK][6-8]',
      'otim[9-13]',
      '##o[13-14]',
      '![14-15]',
      '[SEP][0-0]',
    ]);
    assert.deepEqual([...window!.words], [-1, 0, 1, 2, 3, 3, 4, -1]);
  });

  it('byte-level BPE: the space before a word is not the word, a part of an emoji is the emoji', async () => {
    const tokenizer = await fixtureTokenizer('bpe');
    const [window] = await tokenizer.encode('a 👍 é', wide);
    const places = showTokens(window!, tokenizer).map((shown) => shown.slice(shown.lastIndexOf('[')));
    assert.equal(places[1], '[0-1]');
    assert.ok(places.includes('[2-4]') && !places.includes('[2-3]'));
    assert.equal(places.at(-2), '[5-6]');
  });

  it('Unigram: a ligature and its letters stand in one place', async () => {
    const tokenizer = await fixtureTokenizer('unigram');
    const [window] = await tokenizer.encode('ﬁne', wide);
    assert.deepEqual(showTokens(window!, tokenizer), [
      '<s>[0-0]',
      '▁fi[0-1]',
      'n[1-2]',
      'e[2-3]',
      '</s>[0-0]',
    ]);
  });
});
