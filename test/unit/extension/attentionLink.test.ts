import assert from 'node:assert/strict';
import { highlightLevels, levelOf, spansByLevel } from '../../../src/extension/attention/highlightLevels.ts';
import {
  covers,
  editedPassage,
  foundPassage,
  inDocument,
  inPassage,
  passageAt,
} from '../../../src/extension/attention/passage.ts';
import { blankQuestionLines } from '../../../src/extension/text/questionLines.ts';
import { uri } from './runFixtures.ts';

const document = { uri, name: 'notes.md' };
const passage = passageAt(document, 'Good day.', 10);
const noText = () => assert.fail('the text is not needed');

describe('a passage in its document', () => {
  it('turns characters of the text into places of the document and back', () => {
    assert.deepEqual(inDocument(passage, { start: 5, end: 8 }), { start: 15, end: 18 });
    assert.equal(inDocument(passage, { start: 5, end: 10 }), undefined);
    assert.deepEqual(inPassage(passage, { start: 15, end: 18 }), { start: 5, end: 8 });
    assert.deepEqual(inPassage(passage, { start: 0, end: 12 }), { start: 0, end: 2 });
    assert.equal(inPassage(passage, { start: 20, end: 22 }), undefined);
    assert.equal(covers(passage, { start: 10, end: 19 }), true);
    assert.equal(covers(passage, { start: 9, end: 19 }), false);
  });

  it('moves with edits elsewhere', () => {
    const moved = editedPassage(passage, [{ start: 0, removed: 2, inserted: 5 }], noText);
    assert.deepEqual([moved.place, moved.isIntact], [{ start: 13, end: 22 }, true]);
    const after = editedPassage(passage, [{ start: 19, removed: 0, inserted: 5 }], noText);
    assert.deepEqual(after, passage);
  });

  it('is lost when its own text changes: nothing of it is lit up or pointed at any more', () => {
    const lost = editedPassage(passage, [{ start: 12, removed: 1, inserted: 0 }], () => '0123456789God day.');
    assert.equal(lost.isIntact, false);
    assert.equal(inDocument(lost, { start: 0, end: 3 }), undefined);
    assert.equal(inPassage(lost, { start: 12, end: 12 }), undefined);
    assert.deepEqual(lost.place, { start: 10, end: 18 });
  });

  it('is found again after undo, and where the whole line was replaced by the same text', () => {
    const lost = editedPassage(passage, [{ start: 12, removed: 1, inserted: 0 }], () => '0123456789God day.');
    const back = editedPassage(lost, [{ start: 12, removed: 0, inserted: 1 }], () => '0123456789Good day.');
    assert.deepEqual(back, passage);
    const text = 'ab456789 Good day.';
    const replaced = editedPassage(passage, [{ start: 0, removed: 19, inserted: text.length }], () => text);
    assert.deepEqual([replaced.place, replaced.isIntact], [{ start: 9, end: 18 }, true]);
  });

  it('is looked for in a document that was opened anew: in its place, then nearest to it', () => {
    assert.deepEqual(foundPassage(passage, '0123456789Good day.').place, { start: 10, end: 19 });
    const twice = 'Good day. and so on and on. Good day.';
    assert.deepEqual(foundPassage(passage, twice).place, { start: 0, end: 9 });
    assert.deepEqual(foundPassage(passageAt(document, 'Good day.', 30), twice).place, { start: 28, end: 37 });
    const gone = foundPassage(passage, 'Bad.');
    assert.deepEqual([gone.isIntact, gone.place], [false, { start: 4, end: 4 }]);
  });

  it('of a whole document with a question line fits that document although the line was blanked for the model', () => {
    const content = 'Ada was born in London.\n\nQ: Where?\n';
    const whole = passageAt(document, blankQuestionLines(content), 0);
    assert.equal(foundPassage(whole, content).isIntact, true);
    assert.equal(foundPassage(whole, content.replace('Ada', 'Eva')).isIntact, false);
  });
});

describe('what is lit up in the document', () => {
  it('has four strengths, and nothing for no weight', () => {
    const weights = [0, -1, NaN, 0.01, 0.25, 0.26, 0.74, 0.76, 1, 3];
    assert.deepEqual(weights.map(levelOf), [undefined, undefined, undefined, 0, 0, 1, 2, 3, 3, 3]);
  });

  it('is where the characters are now, by strength', () => {
    const levels = spansByLevel(passage, [
      { start: 0, end: 4, weight: 1 },
      { start: 5, end: 8, weight: 0.1 },
      { start: 8, end: 8, weight: 1 },
      { start: 8, end: 99, weight: 1 },
    ]);
    assert.equal(levels.length, highlightLevels);
    assert.deepEqual(levels, [[{ start: 15, end: 18 }], [], [], [{ start: 10, end: 14 }]]);
  });
});
