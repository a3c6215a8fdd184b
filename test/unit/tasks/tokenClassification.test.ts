import assert from 'node:assert/strict';
import { planTask } from '../../../src/core/tasks/index.ts';
import type { AggregationStrategy } from '../../../src/shared/taskProtocol.ts';
import { description } from './description.ts';
import { LetterTokenizer, logitsOf, tokenOutput } from './fakeModel.ts';
import { near } from './near.ts';

const labels = ['O', 'B-PER', 'I-PER', 'B-LOC', 'I-LOC'];

const plan = (
  text: string,
  aggregation: AggregationStrategy,
  changes: Parameters<typeof description>[0] = {},
  tokenizer = new LetterTokenizer(),
) =>
  planTask(
    { task: 'token-classification', model: 'starter:test', priority: 'interactive', text, aggregation },
    description({ labels, ...changes }),
    tokenizer,
  );

/** Logits of tokens by label and probability; the rest goes to the other labels alike. Special tokens around. */
function rows(...tokens: readonly (readonly [label: string, probability: number])[]) {
  const special = labels.map(() => 0);
  const scored = tokens.map(([label, probability]) =>
    logitsOf(...labels.map((other) => (other === label ? probability : (1 - probability) / 4))),
  );
  return tokenOutput([special, ...scored, special]);
}

const show = (results: readonly { text: string; label: string; score: number }[]) =>
  results.map(({ text, label, score }) => `${text}/${label} ${score.toFixed(3)}`);

describe('token classification', () => {
  const text = 'Ana Lima met Bo in Rio';
  const output = rows(['B-PER', 0.9], ['I-PER', 0.7], ['O', 0.9], ['B-PER', 0.8], ['O', 0.9], ['I-LOC', 0.6]);

  it('none: every token that is something, with its best labels', async () => {
    const { decode } = await plan(text, 'none');
    const { results } = decode([output]);
    assert.deepEqual(show(results), [
      'Ana/B-PER 0.900',
      'Lima/I-PER 0.700',
      'Bo/B-PER 0.800',
      'Rio/I-LOC 0.600',
    ]);
    assert.deepEqual([results[1]!.start, results[1]!.end], [4, 8]);
    assert.deepEqual(results[1]!.scores[0]!.label, 'I-PER');
    near(results[1]!.scores[1]!.score, 0.3 / 4);
    assert.equal(results[1]!.scores.length, 5);
  });

  it('simple: neighbours with one tag become an entity with their mean score', async () => {
    const { decode } = await plan(text, 'simple');
    const { results } = decode([output]);
    assert.deepEqual(show(results), ['Ana Lima/PER 0.800', 'Bo/PER 0.800', 'Rio/LOC 0.600']);
    assert.deepEqual(results[0]!.scores, []);
  });

  it('a "B-" begins a new entity next to one of the same kind; labels without prefix go on', async () => {
    const { decode } = await plan('a b c', 'simple');
    assert.deepEqual(show(decode([rows(['I-PER', 0.9], ['B-PER', 0.8], ['I-PER', 0.7])]).results), [
      'a/PER 0.900',
      'b c/PER 0.750',
    ]);
    const plain = await plan('a b c', 'simple', { labels: ['O', 'NOUN', 'VERB', 'x', 'y'] });
    const noun = [0.1, 0.8, 0.05, 0.03, 0.02];
    const verb = [0.1, 0.05, 0.8, 0.03, 0.02];
    const special = [0.2, 0.2, 0.2, 0.2, 0.2];
    const { results } = plain.decode([
      tokenOutput([special, noun, noun, verb, special].map((row) => logitsOf(...row))),
    ]);
    assert.deepEqual(show(results), ['a b/NOUN 0.800', 'c/VERB 0.800']);
  });

  describe('words in several parts', () => {
    const word = 'micro|soft';
    // The parts disagree: 0.6 PER, 0.9 LOC.
    const parts = rows(['B-PER', 0.6], ['B-LOC', 0.9]);
    const expected: Partial<Record<AggregationStrategy, string[]>> = {
      simple: ['micro/PER 0.600', 'soft/LOC 0.900'],
      first: ['micro|soft/PER 0.600'],
      max: ['micro|soft/LOC 0.900'],
      // B-PER (0.6 + 0.025) / 2, B-LOC (0.1 + 0.9) / 2
      average: ['micro|soft/LOC 0.500'],
    };
    for (const [strategy, result] of Object.entries(expected))
      it(`${strategy}: ${result.join(', ')}`, async () => {
        const { decode } = await plan(word, strategy as AggregationStrategy);
        assert.deepEqual(show(decode([parts]).results), result);
      });

    it('an unknown token is a word by itself', async () => {
      const { decode } = await plan('a ?', 'first');
      assert.deepEqual(show(decode([rows(['B-PER', 0.9], ['B-LOC', 0.9])]).results), [
        'a/PER 0.900',
        '?/LOC 0.900',
      ]);
    });

    it('without a mark for word parts, what follows no space is part of a word', async () => {
      const { decode } = await plan('a.b c', 'first', {}, new LetterTokenizer(false));
      const { results } = decode([rows(['B-PER', 0.9], ['O', 0.9], ['O', 0.9], ['B-LOC', 0.8])]);
      assert.deepEqual(show(results), ['a.b/PER 0.900', 'c/LOC 0.800']);
    });
  });

  describe('texts longer than the model takes', () => {
    it('an entity across windows is one entity', async () => {
      // 10 tokens, 6 a window, 2 shared.
      const { windows, decode } = await plan('a b c d e f g h i j', 'simple', { maxTokens: 8 });
      assert.equal(windows.length, 2);
      const out = ['O', 0.9] as const;
      const first = rows(out, out, out, ['B-LOC', 0.9], ['I-LOC', 0.9], ['O', 0.9]);
      const second = rows(['B-PER', 0.9], ['I-LOC', 0.9], ['I-LOC', 0.9], out, out, out);
      assert.deepEqual(show(decode([first, second]).results), ['d e f g/LOC 0.900']);
    });

    it('a shared token is read where it has more context, a word never from two windows', async () => {
      const { windows, decode } = await plan('a b c d e|f g h i j', 'none', { maxTokens: 8 });
      assert.deepEqual(
        windows.map(({ position }) => position),
        [0, 4],
      );
      const first = rows(...Array.from({ length: 6 }, () => ['B-PER', 0.9] as const));
      const second = rows(...Array.from({ length: 6 }, () => ['B-LOC', 0.9] as const));
      const { results } = decode([first, second]);
      // The middle of what is shared lies inside "e|f", which starts it: the middle stays.
      assert.deepEqual(
        results.map(({ label }) => label),
        [...Array.from({ length: 5 }, () => 'B-PER'), ...Array.from({ length: 5 }, () => 'B-LOC')],
      );
      const wide = await plan('a b c d e f g h i j k l m n|o p q r s', 'none', { maxTokens: 18 });
      // 16 a window, 4 shared: m n|o p. The middle is between n and o, so the whole word is read from the second.
      assert.deepEqual(
        wide.windows.map(({ position }) => position),
        [0, 12],
      );
      const long = rows(...Array.from({ length: 16 }, () => ['B-PER', 0.9] as const));
      const rest = rows(...Array.from({ length: 7 }, () => ['B-LOC', 0.9] as const));
      const read = wide.decode([long, rest]).results;
      assert.equal(read.find(({ text: shown }) => shown === 'm')!.label, 'B-PER');
      assert.equal(read.find(({ text: shown }) => shown === 'n')!.label, 'B-LOC');
      assert.equal(read.find(({ text: shown }) => shown === 'o')!.label, 'B-LOC');
    });

    it('every token has a result, in order', async () => {
      const letters = Array.from({ length: 200 }, (_, i) => `w${i}`);
      const { windows, decode } = await plan(letters.join(' '), 'none', { maxTokens: 16 });
      const { results } = decode(
        windows.map(({ ids }) =>
          rows(...Array.from({ length: ids.length - 2 }, () => ['B-PER', 0.9] as const)),
        ),
      );
      assert.deepEqual(
        results.map((result) => result.text),
        letters,
      );
    });
  });
});
