import assert from 'node:assert/strict';
import { findParagraphs, paragraphAt } from '../../../src/extension/text/paragraphs.ts';
import {
  blankQuestionLines,
  findQuestionLines,
  isQuestionLine,
} from '../../../src/extension/text/questionLines.ts';

const texts = (text: string, markdown = false) =>
  findParagraphs(text, { markdown, isolated: isQuestionLine }).map(({ start, end }) =>
    text.slice(start, end),
  );

describe('the paragraph at the caret', () => {
  it('is lines in a row that are not blank, without surrounding white space', () => {
    assert.deepEqual(texts('  one\ntwo  \n\n \t\nthree'), ['one\ntwo', 'three']);
    assert.deepEqual(texts('one\r\ntwo\r\n\r\nthree\r\n'), ['one\r\ntwo', 'three']);
    assert.deepEqual(texts(' \n\n'), []);
  });

  it('leaves Markdown markers out, and takes headings, questions and list items by themselves', () => {
    const text =
      '## 1. Title\nText of\nthe body.\n- first\n  goes on\n- second\n> quoted\nQ: Who?\n---\n1. last';
    assert.deepEqual(texts(text, true), [
      '1. Title',
      'Text of\nthe body.',
      'first\n  goes on',
      'second\n> quoted',
      'Q: Who?',
      'last',
    ]);
  });

  it('is found from anywhere on its lines, and is none on a blank line', () => {
    const text = '\n  one\ntwo\n\nthree';
    const paragraphs = findParagraphs(text, { markdown: false });
    const at = (offset: number) => {
      const found = paragraphAt(paragraphs, text, offset);
      return found && text.slice(found.start, found.end);
    };
    assert.equal(at(0), undefined);
    assert.equal(at(1), 'one\ntwo');
    assert.equal(at(text.indexOf('two') + 3), 'one\ntwo');
    assert.equal(at(text.indexOf('three') - 1), undefined);
    assert.equal(at(text.length), 'three');
  });
});

describe('a question line', () => {
  it('starts with Q: or P: and ends with a question mark, also in a list, a quote or in bold', () => {
    for (const line of [
      'Q: Who wrote this?',
      'P: Quem escreveu isto? ',
      '- Q: Who?',
      '> **Q:** Who?',
      '**P: Quem?**',
    ])
      assert.ok(isQuestionLine(line), line);
    for (const line of ['Q: no question', 'FAQ: Who?', 'Who?', 'Q:?', 'q: who?'])
      assert.ok(!isQuestionLine(line), line);
  });

  it('gives its question without markers', () => {
    assert.deepEqual(
      findQuestionLines('a\n- Q: Who wrote it?\r\n**P: Quem?**').map(({ question }) => question),
      ['Who wrote it?', 'Quem?'],
    );
  });

  it('cannot hold the answer: it is blank for the model, and every offset stays', () => {
    const text = 'Ada wrote it.\nQ: Did Ada 🙂 write it?\nYes.';
    const blanked = blankQuestionLines(text);
    assert.equal(blanked.length, text.length);
    assert.equal(blanked.indexOf('Yes.'), text.indexOf('Yes.'));
    assert.equal(blanked.trimEnd(), `Ada wrote it.\n${' '.repeat('Q: Did Ada 🙂 write it?'.length)}\nYes.`);
  });
});
