import assert from 'node:assert/strict';
import { planTask } from '../../../src/core/tasks/index.ts';
import { questionWindowOptions } from '../../../src/core/tasks/questionAnswering.ts';
import type { QuestionRequest } from '../../../src/shared/taskProtocol.ts';
import { description } from './description.ts';
import { LetterTokenizer, logitsOf, readerOutput } from './fakeModel.ts';
import { near } from './near.ts';

const plan = (
  text: string,
  changes: Partial<QuestionRequest> = {},
  model: Parameters<typeof description>[0] = {},
) =>
  planTask(
    {
      task: 'question-answering',
      model: 'starter:test',
      priority: 'interactive',
      question: 'who',
      text,
      topK: 3,
      maxAnswerLength: 15,
      impossible: false,
      ...changes,
    },
    description(model),
    new LetterTokenizer(),
  );

/** Probabilities at [CLS] who [SEP] text... [SEP]; what is masked gets a logit that would win. */
const output = (cls: readonly [number, number], ...tokens: readonly (readonly [number, number])[]) =>
  readerOutput(
    [...logitsOf(cls[0]), 99, 99, ...logitsOf(...tokens.map(([start]) => start)), 99],
    [...logitsOf(cls[1]), 99, 99, ...logitsOf(...tokens.map(([, end]) => end)), 99],
  );

const none = 1e-9;

describe('question answering', () => {
  it('answers with the span of the best start and end, scored as their product', async () => {
    const text = 'then Ana Maria left';
    const { decode } = await plan(text, { topK: 1 });
    const { results, warnings } = decode([
      output([0.1, 0.1], [none, none], [0.6, 0.2], [0.2, 0.6], [0.1, 0.1]),
    ]);
    assert.deepEqual(warnings, []);
    assert.equal(results.length, 1);
    const { score, ...place } = results[0]!;
    assert.deepEqual(place, { start: 5, end: 14, text: 'Ana Maria' });
    near(score, 0.36);
  });

  it('never answers from the question or from special tokens, nor backwards', async () => {
    const { decode } = await plan('x y', { topK: 9 });
    const { results } = decode([output([none, none], [0.1, 0.9], [0.9, 0.1])]);
    assert.deepEqual(
      results.map(({ text }) => text),
      // x..x and y..y score 0.09 each; y..x would have won with 0.81.
      ['x', 'y'],
    );
    near(results[0]!.score, 0.09);
  });

  it('widens the answer to whole words and adds up what means the same', async () => {
    const text = 'the un|believ|able end';
    const { decode } = await plan(text, { topK: 1 });
    const { results } = decode([
      output([none, none], [none, none], [0.3, none], [0.3, 0.5], [0.4, 0.5], [none, none]),
    ]);
    assert.equal(results[0]!.text, 'un|believ|able');
    // un-believ, un-able, believ-believ, believ-able, able-able
    near(results[0]!.score, 0.3 * 0.5 + 0.3 * 0.5 + 0.3 * 0.5 + 0.3 * 0.5 + 0.4 * 0.5);
  });

  it('counts the same words in another place or case as one answer, where they were best', async () => {
    const text = 'paris or Paris or Rome';
    const { decode } = await plan(text);
    const { results } = decode([
      output([none, none], [0.3, 0.3], [none, none], [0.4, 0.4], [none, none], [0.3, 0.3]),
    ]);
    assert.deepEqual([results[0]!.start, results[0]!.text], [9, 'Paris']);
    near(results[0]!.score, 0.3 * 0.3 + 0.4 * 0.4);
  });

  it('lists what overlaps a better answer only once', async () => {
    const { decode } = await plan('Ada Lovelace or Bo', { topK: 2 });
    const { results } = decode([output([none, none], [0.6, 0.3], [0.2, 0.5], [none, none], [0.2, 0.2])]);
    assert.deepEqual(
      results.map(({ text }) => text),
      ['Ada Lovelace', 'Bo'],
    );
  });

  it('keeps answers to the length asked for', async () => {
    const tokens = [
      [0.9, none],
      [none, none],
      [0.1, 0.1],
      [none, 0.9],
    ] as const;
    const long = await plan('a b c d', { topK: 1 });
    assert.equal(long.decode([output([none, none], ...tokens)]).results[0]!.text, 'a b c d');
    const short = await plan('a b c d', { topK: 1, maxAnswerLength: 3 });
    // a..c and c..d score the same: the first found wins.
    assert.equal(short.decode([output([none, none], ...tokens)]).results[0]!.text, 'a b c');
  });

  it('says that there is no answer when the model may and does say so', async () => {
    const sure = output([0.8, 0.9], [0.2, 0.1]);
    const { decode } = await plan('a', { impossible: true });
    assert.deepEqual(decode([sure]), {
      results: [],
      warnings: [{ code: 'no-answer', details: { score: 0.72 } }],
    });
    const forced = await plan('a', { impossible: false });
    near(forced.decode([sure]).results[0]!.score, 0.02);
  });

  it('lets the model decide by itself whether it may', async () => {
    const sure = output([0.8, 0.9], [0.2, 0.1]);
    const trained = await plan('a', { impossible: 'auto' }, { answersImpossible: true });
    assert.equal(trained.decode([sure]).results.length, 0);
    const untrained = await plan('a', { impossible: 'auto' }, { answersImpossible: false });
    assert.equal(untrained.decode([sure]).results.length, 1);
  });

  it('takes the least sure window for "no answer": one that sees the answer is enough', async () => {
    const text = 'a b c d e f';
    const { windows, decode } = await plan(text, { impossible: true }, { maxTokens: 6 });
    assert.equal(windows.length, 5);
    const silent = output([0.9, 0.9], [0.05, 0.05], [0.05, 0.05]);
    const { results } = decode([silent, silent, output([0.1, 0.1], [0.9, 0.1], [none, 0.8]), silent, silent]);
    assert.equal(results[0]!.text, 'c d');
    near(results[0]!.score, 0.72);
  });

  it('shows an answer that two windows see once, with the better score, ranked as Python ranks it', async () => {
    const text = 'a b c d e f';
    const { decode } = await plan(text, {}, { maxTokens: 6 });
    const empty = output([1, 1], [none, none], [none, none]);
    const { results } = decode([
      output([0.5, 0.5], [none, none], [0.5, 0.5]),
      output([0.3, 0.3], [0.7, 0.7], [none, none]),
      output([0.2, 0.2], [none, none], [0.8, 0.8]),
      empty,
      empty,
    ]);
    // b: 0.25 + 0.49 = 0.74 in two windows; d: 0.64 in one.
    assert.deepEqual(
      results.slice(0, 2).map((result) => result.text),
      ['b', 'd'],
    );
    near(results[0]!.score, 0.49);
    near(results[1]!.score, 0.64);
  });

  it('uses the windows of the pipeline', () => {
    assert.deepEqual(questionWindowOptions(description({ maxTokens: 512 })), { maxLength: 384, stride: 128 });
    assert.deepEqual(questionWindowOptions(description({ maxTokens: 384 })), { maxLength: 384, stride: 128 });
    assert.deepEqual(questionWindowOptions(description({ maxTokens: 129 })), { maxLength: 129, stride: 64 });
  });
});
