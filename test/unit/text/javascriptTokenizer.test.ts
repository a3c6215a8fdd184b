import assert from 'node:assert/strict';
import { trimSpan } from '../../../src/core/text/trimSpan.ts';
import type { TextTokenizer } from '../../../src/core/text/textTokenizer.ts';
import type { Window } from '../../../src/core/text/window.ts';
import { fixtureTokenizer, nastyTexts, tokenizerKinds, type TokenizerKind } from './fixtureTokenizers.ts';

const wide = { maxLength: 10_000, stride: 0 };

/** The fixture's Unigram model finds two readings of the Arabic text equally likely, so which one wins is chance. */
const undecided = (kind: TokenizerKind, text: string): boolean =>
  kind === 'unigram' && text.includes('مرحبا');

/** Texts whose normalization depends on context, where the fallback's offsets take in a combining mark more. */
const marks = /\p{M}/u;

for (const kind of tokenizerKinds)
  describe(`${kind} tokenizer on a machine without a build of the Rust one`, () => {
    let rust: TextTokenizer;
    let fallback: TextTokenizer;
    before(async () => {
      rust = await fixtureTokenizer(kind);
      fallback = await fixtureTokenizer(kind, false);
    });

    /** Tokens with their places, white space left out; tokens without a place of their own have none. */
    function placed(window: Window, tokenizer: TextTokenizer, text: string): string[] {
      return Array.from(window.ids, (id, t) => {
        const { start, end } = trimSpan(text, window.offsets[2 * t]!, window.offsets[2 * t + 1]!);
        const token = tokenizer.tokenText(id);
        return token === '▁' || start === end ? token : `${token}[${start}-${end}]`;
      });
    }

    const texts = nastyTexts.filter((text) => !undecided(kind, text));

    it('says that it is the fallback', () => {
      assert.equal(rust.kind, 'rust');
      assert.equal(fallback.kind, 'javascript');
      assert.deepEqual(
        [fallback.maskId, fallback.unknownId, fallback.continuationPrefix],
        [rust.maskId, rust.unknownId, rust.continuationPrefix],
      );
    });

    it('gives the same tokens and words', async () => {
      for (const text of texts) {
        const [ours] = await fallback.encode(text, wide);
        const [theirs] = await rust.encode(text, wide);
        for (const part of ['ids', 'typeIds', 'special', 'sequence', 'words'] as const)
          assert.deepEqual(ours![part], theirs![part], `${part} of ${JSON.stringify(text)}`);
      }
    });

    it('gives the same places', async () => {
      for (const text of texts.filter((candidate) => !marks.test(candidate))) {
        const [ours] = await fallback.encode(text, wide);
        const [theirs] = await rust.encode(text, wide);
        assert.deepEqual(placed(ours!, fallback, text), placed(theirs!, rust, text));
      }
    });

    it('gives the same windows for a question and a text', async () => {
      const options = { maxLength: 40, stride: 8 };
      const text = 'O rápido raposo marrom não gostou do filme, nem do livro. '.repeat(5);
      const ours = await fallback.encodePair('Quem não gostou?', text, options);
      const theirs = await rust.encodePair('Quem não gostou?', text, options);
      assert.equal(ours.windows.length, theirs.windows.length);
      ours.windows.forEach((window, w) => {
        assert.deepEqual(window.ids, theirs.windows[w]!.ids);
        assert.deepEqual(window.typeIds, theirs.windows[w]!.typeIds);
        assert.equal(window.position, theirs.windows[w]!.position);
      });
    });

    it('stays in the text with combining marks', async () => {
      for (const text of nastyTexts) {
        const [window] = await fallback.encode(text, wide);
        for (let t = 0; t < window!.ids.length; t++) {
          const [start, end] = window!.offsets.subarray(2 * t, 2 * t + 2);
          assert.ok(start! <= end! && end! <= text.length);
        }
      }
    });
  });
