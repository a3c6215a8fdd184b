import assert from 'node:assert/strict';
import { jsonLine } from '../../../src/cli/run/jsonLine.ts';
import type { Outcome } from '../../../src/cli/run/outcome.ts';
import { positionsIn } from '../../../src/cli/run/position.ts';
import { readableRows } from '../../../src/cli/run/readable.ts';
import { LoupeError } from '../../../src/shared/errors.ts';
import type { TaskResponse } from '../../../src/shared/taskProtocol.ts';

const text = 'I loved it. 😀\r\nThe end was dull.';
const base = { warnings: [], ms: 12.345, loadMs: 0, windows: 1 };

const sentiment: TaskResponse = {
  ...base,
  task: 'text-classification',
  model: { reference: 'starter:test', task: 'text-classification', precision: 'q8', device: 'cpu' },
  results: [
    {
      start: 0,
      end: 33,
      scope: 'text',
      label: 'positive',
      score: 0.75,
      scores: [{ label: 'positive', score: 0.75 }],
    },
    {
      start: 0,
      end: 11,
      scope: 'sentence',
      label: 'positive',
      score: 0.9,
      scores: [{ label: 'positive', score: 0.9 }],
    },
    {
      start: 16,
      end: 33,
      scope: 'sentence',
      label: 'negative',
      score: 0.8,
      scores: [{ label: 'negative', score: 0.8 }],
    },
  ],
};
const answers: TaskResponse = {
  ...base,
  task: 'question-answering',
  model: { ...sentiment.model, task: 'question-answering' },
  warnings: [{ code: 'no-answer', details: { score: 0.9 } }],
  results: [],
};
const tokens: TaskResponse = {
  ...base,
  task: 'token-classification',
  model: { ...sentiment.model, task: 'token-classification' },
  results: [{ start: 2, end: 7, text: 'loved', label: 'VERB', score: 0.5, scores: [] }],
};

const plain = { columns: undefined, paint: (_format: unknown, shown: string) => shown };

describe('output of the command line', () => {
  describe('as JSON', () => {
    it('has one stable shape for sentiment', () => {
      assert.equal(
        jsonLine({ index: 3, text, response: sentiment }, 'sentiment', 'starter:test'),
        '{"task":"sentiment","model":"starter:test","input":3,"results":[' +
          '{"start":0,"end":33,"text":"I loved it. 😀\\r\\nThe end was dull.","label":"positive","score":0.75,"scope":"text","scores":[{"label":"positive","score":0.75}]},' +
          '{"start":0,"end":11,"text":"I loved it.","label":"positive","score":0.9,"scope":"sentence","scores":[{"label":"positive","score":0.9}]},' +
          '{"start":16,"end":33,"text":"The end was dull.","label":"negative","score":0.8,"scope":"sentence","scores":[{"label":"negative","score":0.8}]}' +
          '],"warnings":[],"ms":12.3}',
      );
    });

    it('has an empty list and a warning where there is no answer', () => {
      assert.equal(
        jsonLine({ index: 0, text, response: answers }, 'qa', 'starter:test'),
        '{"task":"qa","model":"starter:test","input":0,"results":[],"warnings":[' +
          '{"code":"no-answer","message":"The text holds no answer to this question (score 0.9)."}],"ms":12.3}',
      );
    });

    it('has label and score for tokens', () => {
      assert.equal(
        jsonLine({ index: 0, text, response: tokens }, 'tokens', 'starter:test'),
        '{"task":"tokens","model":"starter:test","input":0,"results":[{"start":2,"end":7,"text":"loved","label":"VERB","score":0.5}],"warnings":[],"ms":12.3}',
      );
    });

    it('has the error in place of results', () => {
      const outcome: Outcome = { index: 7, error: new LoupeError('text-empty') };
      const line = jsonLine(outcome, 'sentiment', 'starter:test');
      assert.match(
        line,
        /^\{"task":"sentiment","model":"starter:test","input":7,"error":\{"code":"text-empty","message":"[^"]+"\}\}$/,
      );
    });
  });

  describe('for people', () => {
    it('has line and column, label, score and text', () => {
      assert.deepEqual(readableRows({ index: 0, text, response: sentiment }, false, plain), [
        'whole text  positive  0.750',
        '1:1         positive  0.900   I loved it.',
        '2:1         negative  0.800   The end was dull.',
      ]);
    });

    it('shows a line of one sentence once', () => {
      const response: TaskResponse = {
        ...sentiment,
        results: sentiment.results.slice(0, 2) as typeof sentiment.results & [],
      };
      assert.deepEqual(readableRows({ index: 4, text: 'I loved it.', response }, true, plain), [
        '5:1         positive  0.750   I loved it.',
      ]);
    });

    it('says that there is no answer', () => {
      assert.deepEqual(readableRows({ index: 0, text, response: answers }, false, plain), [
        '-           no answer',
      ]);
    });

    it('cuts long texts to the width of the screen, visibly, and nowhere else', () => {
      const long = 'word '.repeat(50).trim();
      const response: TaskResponse = {
        ...tokens,
        results: [{ start: 0, end: long.length, text: long, label: 'X', score: 1, scores: [] }],
      };
      const [narrow = ''] = readableRows({ index: 0, text: long, response }, false, {
        ...plain,
        columns: 70,
      });
      assert.match(narrow, /^1:1 +X +1\.000 +word .{20,28}…$/);
      const [wide = ''] = readableRows({ index: 0, text: long, response }, false, plain);
      assert.ok(wide.endsWith(long));
    });
  });

  it('counts lines and columns as the editor does', () => {
    const at = positionsIn('ab\r\n😀x\rlast\n', 1);
    assert.deepEqual([0, 2, 4, 6, 8, 13].map(at), ['1:1', '1:3', '2:1', '2:3', '3:1', '4:1']);
  });
});
