import assert from 'node:assert/strict';
import {
  lensLines,
  paragraphLensLimit,
  type LensSituation,
} from '../../../src/extension/results/lensLines.ts';
import { RunStore } from '../../../src/extension/results/runStore.ts';
import { commandIds } from '../../../src/shared/ids.ts';
import { addRun, answersOf, english, sentimentOf, sourceAt, uri } from './runFixtures.ts';

const text = '# Title\n\nFirst paragraph.\n\nQ: Who?\n\nSecond.';
const situation: LensSituation = {
  uri,
  text,
  markdown: true,
  prose: true,
  mode: 'selection',
  selections: [],
  runs: [],
};
const lines = (change: Partial<LensSituation>) =>
  lensLines({ ...situation, ...change }, english).map(({ at, title }) => `${at} ${title}`);
const actions = (at: number) => [
  `${at} $(smiley) Sentiment`,
  `${at} $(question) Ask a question`,
  `${at} $(tag) Entities`,
  `${at} $(eye) Attention`,
];
const question = [
  `${text.indexOf('Q:')} $(question) Answer from this document`,
  `${text.indexOf('Q:')} $(eye) Attention`,
];

describe('lenses', () => {
  it('stand above a selection and above question lines of Markdown', () => {
    assert.deepEqual(lines({ selections: [{ start: 9, end: 14 }] }), [...question, ...actions(9)]);
    assert.deepEqual(lines({ markdown: false, selections: [{ start: 9, end: 14 }] }), actions(9));
  });

  it('stand above every paragraph when asked for, but not above headings and question lines', () => {
    assert.deepEqual(lines({ mode: 'paragraphs' }), [
      ...question,
      ...actions(9),
      ...actions(text.indexOf('Second')),
    ]);
  });

  it('stand above a selection instead of the paragraphs that it touches', () => {
    assert.deepEqual(lines({ mode: 'paragraphs', selections: [{ start: 11, end: 14 }] }), [
      ...question,
      ...actions(11),
      ...actions(text.indexOf('Second')),
    ]);
  });

  it('stand above no paragraph of code, nor of a very long document', () => {
    assert.deepEqual(lines({ mode: 'paragraphs', prose: false, markdown: false }), []);
    const long = `${text}\n\n${'x'.repeat(paragraphLensLimit)}`;
    assert.deepEqual(lines({ mode: 'paragraphs', text: long }), question);
  });

  it('are gone when they are off, answers included', () => {
    const store = new RunStore();
    addRun(store, sentimentOf('First paragraph.'), sourceAt('First paragraph.', 9));
    assert.deepEqual(lines({ mode: 'off', runs: store.all, selections: [{ start: 9, end: 14 }] }), []);
  });

  it('carry the answer above what was analysed until its text changes', () => {
    const store = new RunStore();
    addRun(store, sentimentOf('First paragraph.'), sourceAt('First paragraph.', 9));
    const answer = '9 $(smiley) POSITIVE 0.90 · 12 ms';
    assert.deepEqual(lines({ runs: store.all }).slice(0, 3), [answer, '9 Another model', '9 Remove']);
    store.changeDocument(uri, [{ start: 12, removed: 0, inserted: 1 }], () => '');
    assert.deepEqual(lines({ runs: store.all }), question);
  });

  it('carry the answer to a question line above that line', () => {
    const store = new RunStore();
    const at = text.indexOf('Q:');
    addRun(store, answersOf(text, ['Second']), sourceAt(text, 0, { start: at, end: at + 7 }));
    assert.equal(lines({ runs: store.all })[0], `${at} $(question) Second 0.80 · 12 ms`);
  });

  it('hand the command exactly the text they stand above', () => {
    const [lens] = lensLines({ ...situation, markdown: false, selections: [{ start: 9, end: 14 }] }, english);
    assert.deepEqual(lens?.argument, { uri, span: { start: 9, end: 14 } });
    const [asked, looked] = lensLines(situation, english);
    assert.equal(asked?.command, commandIds.askQuestion);
    const start = text.indexOf('Q:');
    assert.deepEqual(asked.argument, { uri, question: 'Who?', line: { start, end: start + 7 } });
    assert.equal(looked?.command, commandIds.showAttention);
    assert.deepEqual(looked.argument, asked.argument);
  });
});
