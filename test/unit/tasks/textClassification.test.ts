import assert from 'node:assert/strict';
import { planTask } from '../../../src/core/tasks/index.ts';
import { scoreFunction } from '../../../src/core/tasks/textClassification.ts';
import type { ClassificationRequest } from '../../../src/shared/taskProtocol.ts';
import { description } from './description.ts';
import { classifierOutput, LetterTokenizer, logitsOf } from './fakeModel.ts';
import { near } from './near.ts';

const request = (text: string, sentences = false): ClassificationRequest => ({
  task: 'text-classification',
  model: 'starter:test',
  text,
  priority: 'interactive',
  sentences,
});

const plan = (text: string, sentences = false, changes: Parameters<typeof description>[0] = {}) =>
  planTask(request(text, sentences), description(changes), new LetterTokenizer());

describe('text classification', () => {
  it('gives the best label with its probability, and every label, best first', async () => {
    const { windows, decode } = await plan('what a film');
    assert.equal(windows.length, 1);
    const { results } = decode([classifierOutput(...logitsOf(0.2, 0.8))]);
    assert.equal(results.length, 1);
    const [result] = results;
    assert.deepEqual([result!.scope, result!.start, result!.end, result!.label], ['text', 0, 11, 'positive']);
    near(result!.score, 0.8);
    assert.deepEqual(
      result!.scores.map(({ label }) => label),
      ['positive', 'negative'],
    );
    near(result!.scores[1]!.score, 0.2);
  });

  it('keeps huge logits finite', async () => {
    const { decode } = await plan('x');
    const { results } = decode([classifierOutput(-1e30, 1e30)]);
    assert.equal(results[0]!.score, 1);
    assert.equal(results[0]!.scores[1]!.score, 0);
  });

  it('chooses the score function as the pipeline does', () => {
    const functions = [
      description(),
      description({ problemType: 'single_label_classification' }),
      description({ problemType: 'multi_label_classification' }),
      description({ labels: ['toxic'] }),
      description({ labels: ['stars'], problemType: 'regression' }),
    ].map(scoreFunction);
    assert.deepEqual(functions, ['softmax', 'softmax', 'sigmoid', 'sigmoid', 'none']);
  });

  it('gives each label of a multi-label model a probability of its own', async () => {
    const { decode } = await plan('x', false, { problemType: 'multi_label_classification' });
    const { results } = decode([classifierOutput(0, Math.log(3))]);
    near(results[0]!.scores[0]!.score, 0.75);
    near(results[0]!.scores[1]!.score, 0.5);
  });

  it('gives a regression its raw output', async () => {
    const { decode } = await plan('x', false, { labels: ['stars'], problemType: 'regression' });
    assert.equal(decode([classifierOutput(-3.5)]).results[0]!.score, -3.5);
  });

  it('names labels that the config does not name as transformers does', async () => {
    const { decode } = await plan('x', false, { labels: [] });
    assert.equal(decode([classifierOutput(1, 2, 3)]).results[0]!.label, 'LABEL_2');
  });

  it('averages windows so that every token counts once', async () => {
    // 8 tokens in windows of 6 with a quarter of 8 shared: 6 + 4, where 2 are shared.
    const { windows, decode } = await plan('a b c d e f g h', false, { maxTokens: 8 });
    assert.deepEqual(
      windows.map(({ ids }) => ids.length - 2),
      [6, 4],
    );
    const { results } = decode([
      classifierOutput(...logitsOf(0.9, 0.1)),
      classifierOutput(...logitsOf(0.1, 0.9)),
    ]);
    // Weights 4 + 2/2 = 5 and 2 + 2/2 = 3.
    near(results[0]!.scores[0]!.score, (0.9 * 5 + 0.1 * 3) / 8);
    assert.equal(results[0]!.label, 'negative');
  });

  it('gives every sentence a result of its own after that of the whole text', async () => {
    const text = '  Good film. Bad end.\nOk.';
    const { windows, decode } = await plan(text, true);
    assert.equal(windows.length, 4);
    const { results } = decode([0.1, 0.2, 0.3, 0.4].map((p) => classifierOutput(...logitsOf(p, 1 - p))));
    assert.deepEqual(
      results.map(({ scope, start, end }) => [scope, text.slice(start, end)]),
      [
        ['text', text],
        ['sentence', 'Good film.'],
        ['sentence', 'Bad end.'],
        ['sentence', 'Ok.'],
      ],
    );
    results.forEach(({ score }, i) => near(score, [0.9, 0.8, 0.7, 0.6][i]!));
  });

  it('does not run a text of one sentence twice', async () => {
    const { windows } = await plan('Only one sentence here.', true);
    assert.equal(windows.length, 1);
  });

  it('says which output a model lacks', async () => {
    const { decode } = await plan('x');
    assert.throws(() => decode([{ last_hidden_state: { data: new Float32Array(2), dims: [2] } }]), {
      code: 'model-output-missing',
      details: {
        model: 'starter:test',
        output: 'logits',
        available: 'last_hidden_state',
        task: 'text-classification',
      },
    });
  });
});
