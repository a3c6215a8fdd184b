import assert from 'node:assert/strict';
import {
  formatBytes,
  formatMs,
  formatScore,
  shortScore,
  snippet,
} from '../../../src/extension/base/wording.ts';
import { warningText } from '../../../src/extension/messages/texts.ts';
import { drawingsOf } from '../../../src/extension/results/drawings.ts';
import { escaped, hoverMarkdown } from '../../../src/extension/results/hoverMarkdown.ts';
import { labelColor, labelName } from '../../../src/extension/results/labelColors.ts';
import { polarityOf } from '../../../src/extension/results/polarity.ts';
import { childrenOf, nodeText } from '../../../src/extension/results/resultNodes.ts';
import { runMarkdown } from '../../../src/extension/results/runMarkdown.ts';
import { RunStore } from '../../../src/extension/results/runStore.ts';
import { answerInOneLine } from '../../../src/extension/results/summary.ts';
import { modelName } from '../../../src/shared/modelName.ts';
import { resultRecord } from '../../../src/shared/resultRecord.ts';
import { addRun, answersOf, english, portuguese, sentimentOf, tokensOf } from './runFixtures.ts';

const text = 'Good day. Bad night.';
const tracked = (run: Parameters<typeof addRun>[1]) => addRun(new RunStore(), run);

describe('numbers are written for people', () => {
  it('scores with two digits, with more only where two would say 0 or 1', () => {
    assert.equal(formatScore(0.876, english), '0.88');
    assert.equal(formatScore(0.9987, english), '0.9987');
    assert.equal(formatScore(0.0012, english), '0.0012');
    assert.equal(formatScore(1, english), '1.00');
    assert.equal(formatScore(-2.5, english), '-2.50');
    assert.equal(formatScore(0.5, portuguese), '0,50');
  });

  it('scores in narrow places with two digits always, and never as a 1 or 0 that they are not', () => {
    const shown = [0.876, 0.9987, 0.0012, 1, 0, -2.5].map((score) => shortScore(score, english));
    assert.deepEqual(shown, ['0.88', '0.99', '<0.01', '1.00', '0.00', '-2.50']);
    assert.equal(shortScore(0.5, portuguese), '0,50');
  });

  it('times and sizes in their units', () => {
    assert.equal(formatMs(3.14, english), '3.1 ms');
    assert.equal(formatMs(1234.5, english), '1,235 ms');
    assert.equal(formatBytes(22_900_000, english), '22.9 MB');
    assert.equal(formatBytes(431_000_000, portuguese), '431 MB');
  });

  it('long texts as one line, never cutting a character in two', () => {
    assert.equal(snippet(' a\n b '), 'a b');
    assert.equal(snippet(`${'x'.repeat(8)}🙂🙂`, 10), `${'x'.repeat(8)}…`);
  });
});

describe('labels', () => {
  it('have a polarity only when their name says so', () => {
    assert.equal(polarityOf('POSITIVE'), 'positive');
    assert.equal(polarityOf('Negativo'), 'negative');
    assert.equal(polarityOf('neutral'), 'neutral');
    for (const label of ['LABEL_0', 'LABEL_1', 'joy', '5 stars', 'constructor'])
      assert.equal(polarityOf(label), undefined);
  });

  it('of one entity share name and colour, those of the classic kinds differ', () => {
    assert.equal(labelName('B-PER'), 'PER');
    assert.equal(labelName('E-commerce'), 'commerce');
    assert.equal(labelName('B-'), 'B-');
    assert.equal(labelColor('B-PER'), labelColor('I-PER'));
    assert.equal(new Set(['PER', 'ORG', 'LOC', 'MISC'].map(labelColor)).size, 4);
    assert.equal(labelColor('$REPLACE_to'), labelColor('$REPLACE_to'));
  });
});

describe('drawings', () => {
  it('tint each sentence, and say label and score in words', () => {
    assert.deepEqual(drawingsOf(tracked(sentimentOf(text)), english), [
      { start: 0, end: 9, style: 'positive', label: 'POSITIVE 0.90' },
      { start: 10, end: 20, style: 'negative', label: 'NEGATIVE 0.90' },
    ]);
  });

  it('tint the whole text when there are no sentences', () => {
    const { request, response } = sentimentOf(text);
    const whole = { ...response, results: response.results.slice(0, 1) };
    assert.deepEqual(drawingsOf(tracked({ request, response: whole }), english), [
      { start: 0, end: 20, style: 'positive', label: 'POSITIVE 0.90' },
    ]);
  });

  it('give labels that are no sentiment other colours than blue for good and orange for bad', () => {
    const { request, response } = sentimentOf(text);
    const results = response.results.map((result) => ({ ...result, label: 'LABEL_1' }));
    const styles = drawingsOf(tracked({ request, response: { ...response, results } }), english).map(
      ({ style }) => style,
    );
    assert.ok(
      styles.every((style) => style.startsWith('entity')),
      styles.join(),
    );
  });

  it('mark the best answer and number the others', () => {
    assert.deepEqual(drawingsOf(tracked(answersOf(text, ['night', 'day'])), english), [
      { start: 14, end: 19, style: 'answer', label: '0.80' },
      { start: 5, end: 8, style: 'otherAnswer', label: '#2 0.40' },
    ]);
  });

  it('leave out answers that are far behind the best', () => {
    const { request, response } = answersOf(text, ['night', 'day']);
    const results = response.results.map((result, index) => ({ ...result, score: index === 0 ? 0.5 : 0.09 }));
    const drawn = drawingsOf(tracked({ request, response: { ...response, results } }), english);
    assert.deepEqual(
      drawn.map(({ style }) => style),
      ['answer'],
    );
  });

  it('leave tokens outside every entity alone', () => {
    const run = tracked(tokensOf('Ana in Rio', { Ana: 'B-PER', in: 'O', Rio: 'LOC' }));
    assert.deepEqual(
      drawingsOf(run, english).map(({ start, label }) => [start, label]),
      [
        [0, 'PER'],
        [7, 'LOC'],
      ],
    );
  });
});

describe('the answer in one line', () => {
  it('is label and score, the answer, or the entities counted, with the time', () => {
    assert.equal(answerInOneLine(sentimentOf(text).response, english), 'POSITIVE 0.90 · 12 ms');
    assert.equal(answerInOneLine(answersOf(text, ['night']).response, english), 'night 0.80 · 12 ms');
    const entities = tokensOf('Ana Rui Rio', { Ana: 'B-PER', Rui: 'I-PER', Rio: 'LOC' }).response;
    assert.equal(answerInOneLine(entities, english), '3 entities: PER 2, LOC 1 · 12 ms');
  });

  it('says plainly that nothing was found', () => {
    assert.equal(answerInOneLine(answersOf(text, []).response, english), 'No answer in this text · 12 ms');
    assert.equal(
      answerInOneLine(tokensOf(text, { day: 'O' }).response, english),
      'No entities in this text · 12 ms',
    );
  });

  it('names models without their folders', () => {
    assert.equal(modelName('starter:qa-en'), 'qa-en');
    assert.equal(modelName('hub:Xenova/distilbert@v1'), 'Xenova/distilbert@v1');
    assert.equal(modelName('/home/me/models/mine/'), 'mine');
    assert.equal(modelName('C:\\models\\mine'), 'mine');
    assert.equal(modelName('/runs/mine/model'), 'mine/model');
    assert.equal(modelName('/home/alice/model'), 'model', 'a login name is nobody’s business');
    assert.equal(modelName('/model'), 'model');
  });
});

describe('a warning about another language', () => {
  it('names the languages in the language of the editor', () => {
    const details = {
      detected: 'Portuguese',
      detectedCode: 'pt',
      languages: 'English',
      languageCodes: 'en',
      model: 'm',
    };
    assert.match(
      warningText({ code: 'other-language', details }, english),
      /looks like Portuguese; m was made for English/,
    );
    assert.match(
      warningText({ code: 'other-language', details }, portuguese),
      /looks like português; m was made for inglês/,
    );
  });
});

describe('a hover', () => {
  it('shows all scores, the model, precision, device, time and windows', () => {
    const markdown = hoverMarkdown(tracked(sentimentOf(text)).run, 1, english);
    for (const part of [
      '| POSITIVE | 0.90 |',
      '| NEGATIVE | 0.10 |',
      'starter\\:sentiment\\-en',
      'q8 on cpu',
      '12 ms',
      '1 window',
    ])
      assert.ok(markdown.includes(part), `${part}\n${markdown}`);
  });

  it('links to actions on its own result', () => {
    const { run } = tracked(sentimentOf(text));
    const links = [...hoverMarkdown(run, 1, english).matchAll(/\(command:([\w.]+)\?([^)]*)\)/g)];
    assert.deepEqual(
      links.map(([, command, argument]) => [command, decodeURIComponent(argument!)]),
      [
        'loupe.showResultAttention',
        'loupe.rerunWithModel',
        'loupe.copyResultAsJson',
        'loupe.copyResultAsMarkdown',
        'loupe.removeResult',
      ].map((command) => [command, `[${run.id}]`]),
    );
  });

  it('cannot be made to run commands by the words of a document or the labels of a model', () => {
    const evil = '[x](command:workbench.action.quit) $(bug) <img src=x> `a`';
    const { request, response } = sentimentOf(evil);
    const results = response.results.map((result) => ({
      ...result,
      label: evil,
      scores: [{ label: evil, score: 1 }],
    }));
    const { run } = tracked({ request, response: { ...response, results } });
    for (const markdown of [hoverMarkdown(run, 0, english), runMarkdown(run, english)]) {
      assert.ok(!/(?<!\\)\]\(command:workbench/.test(markdown), markdown);
      assert.ok(!/(?<!\\)<img/.test(markdown), markdown);
      assert.ok(!/(?<!\\)\$\(bug/.test(markdown), markdown);
    }
    assert.equal(escaped('a|b'), 'a\\|b');
  });

  it('shows at most a dozen scores and says how many more there are', () => {
    const { request, response } = sentimentOf(text);
    const scores = Array.from({ length: 30 }, (_, index) => ({ label: `L${index}`, score: 1 / 30 }));
    const results = response.results.map((result) => ({ ...result, scores }));
    const markdown = hoverMarkdown(tracked({ request, response: { ...response, results } }).run, 0, english);
    assert.ok(markdown.includes('| 18 more | |'), markdown);
  });
});

describe('the results view', () => {
  it('shows for each run the answer, the text, the model and the time, and reads it all aloud', () => {
    const run = tracked(sentimentOf(text));
    const row = nodeText(run, { kind: 'run', id: run.run.id }, english);
    assert.equal(row.label, 'POSITIVE 0.90');
    assert.equal(row.description, 'Good day. Bad night. · sentiment-en · 12 ms');
    assert.equal(row.spoken, 'Sentiment, POSITIVE 0.90, Good day. Bad night., sentiment-en, 12 ms');
  });

  it('lists warnings first, then the parts; a part whose text changed says so', () => {
    const { request, response } = sentimentOf(text);
    const warned = { ...response, warnings: [{ code: 'tokenizer-fallback' as const, details: {} }] };
    const store = new RunStore();
    addRun(store, { request, response: warned });
    store.changeDocument('file:///work/notes.md', [{ start: 2, removed: 1, inserted: 1 }], () => '');
    const run = store.all[0]!;
    const rows = childrenOf(run).map((node) => nodeText(run, node, english));
    assert.deepEqual(
      rows.map(({ label, description, icon }) => [label, description, icon]),
      [
        ['The fast tokenizer has no build for this machine; a slower one is used.', '', 'warning'],
        ['Good day.', 'POSITIVE 0.90 · text changed', 'circle-slash'],
        ['Bad night.', 'NEGATIVE 0.90', 'circle-small-filled'],
      ],
    );
    assert.equal(nodeText(run, { kind: 'run', id: run.run.id }, english).icon, 'warning');
  });

  it('shows 500 parts of a result at most, and says how many more there are', () => {
    const long = Array.from({ length: 700 }, (_, index) => `Sentence ${index}.`).join(' ');
    const run = tracked(sentimentOf(long));
    const nodes = childrenOf(run);
    assert.equal(nodes.length, 501);
    assert.match(nodeText(run, nodes[500]!, english).label, /^200 more/);
  });
});

describe('a copied result', () => {
  it('as JSON holds offsets into the analysed text, whose slice is the text', () => {
    const { request, response } = answersOf(text, ['night']);
    assert.deepEqual(resultRecord(request.text, response), {
      task: 'qa',
      model: '/models/qa',
      input: 0,
      results: [{ start: 14, end: 19, text: 'night', score: 0.8 }],
      warnings: [],
      ms: 12.3,
    });
    for (const entry of resultRecord(text, sentimentOf(text).response).results)
      assert.equal(entry.text, text.slice(entry.start, entry.end));
  });

  it('as Markdown is a table of all results', () => {
    const markdown = runMarkdown(tracked(sentimentOf(text)).run, english);
    assert.deepEqual(markdown.split('\n').slice(0, 7), [
      '### Sentiment: “Good day\\. Bad night\\.”',
      '',
      '| Text | Label | Score |',
      '| :-- | :-- | --: |',
      '| Good day\\. Bad night\\. | POSITIVE | 0.90 |',
      '| Good day\\. | POSITIVE | 0.90 |',
      '| Bad night\\. | NEGATIVE | 0.90 |',
    ]);
  });
});
