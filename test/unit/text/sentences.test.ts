import assert from 'node:assert/strict';
import { sentenceSpans } from '../../../src/core/text/sentences.ts';

const split = (text: string, language?: string) =>
  sentenceSpans(text, language).map(({ start, end }) => text.slice(start, end));

describe('sentences', () => {
  it('without the white space around them', () => {
    assert.deepEqual(sentenceSpans('  One. \n Two!  '), [
      { start: 2, end: 6 },
      { start: 9, end: 13 },
    ]);
    assert.deepEqual(split(' \n\t '), []);
    assert.deepEqual(split('no full stop'), ['no full stop']);
  });

  it('in several languages', () => {
    assert.deepEqual(split('Não gostei. E você? Adorei!', 'pt'), ['Não gostei.', 'E você?', 'Adorei!']);
    assert.deepEqual(split('¿Qué tal? ¡Muy bien!', 'es'), ['¿Qué tal?', '¡Muy bien!']);
    assert.deepEqual(split('日本語です。今日は晴れ。', 'ja'), ['日本語です。', '今日は晴れ。']);
    assert.deepEqual(split('Unknown language. Still works.', 'no such tag'), [
      'Unknown language.',
      'Still works.',
    ]);
  });

  it('not ended by titles, initials and numbers', () => {
    assert.deepEqual(split('Mr. Smith met Dr. Jones. J. K. Rowling wrote.'), [
      'Mr. Smith met Dr. Jones.',
      'J. K. Rowling wrote.',
    ]);
    assert.deepEqual(split('O Sr. Silva e a Dra. Ana saíram. Pagaram R$ 3.50.', 'pt'), [
      'O Sr. Silva e a Dra. Ana saíram.',
      'Pagaram R$ 3.50.',
    ]);
    assert.deepEqual(split('See fig. 2 of version 2.0. It is new.'), [
      'See fig. 2 of version 2.0.',
      'It is new.',
    ]);
  });

  it('with quotation marks and brackets that belong to them', () => {
    assert.deepEqual(split('“It works.” She left. (Really!) Yes.'), [
      '“It works.”',
      'She left.',
      '(Really!)',
      'Yes.',
    ]);
  });

  it('with the punctuation that follows them, and none of punctuation alone', () => {
    assert.deepEqual(split('Choose one (_Loupe: Choose..._). It is good.'), [
      'Choose one (_Loupe: Choose..._).',
      'It is good.',
    ]);
    assert.deepEqual(split('First.\n\n***\n\n?!\n\nSecond.'), ['First.', 'Second.']);
    assert.deepEqual(split('Fine! 😀'), ['Fine!', '😀']);
  });

  it('one per line in a list of lines, whatever the line breaks', () => {
    for (const lineBreak of ['\n', '\r\n', '\r', '\u2028'])
      assert.deepEqual(split(['Great movie', 'Bad movie', 'No idea'].join(lineBreak)), [
        'Great movie',
        'Bad movie',
        'No idea',
      ]);
  });

  it('over the line breaks of hard-wrapped prose', () => {
    const text =
      'The quick brown fox jumps over the lazy dog and then it meets\r\n' +
      'John, who is a good friend of his and of all the others here.\r\n' +
      'He went home.';
    assert.deepEqual(split(text), [text.slice(0, text.indexOf('He') - 2), 'He went home.']);
    assert.deepEqual(split('It ends with a comma,\nGreen and blue.'), [
      'It ends with a comma,\nGreen and blue.',
    ]);
    assert.deepEqual(split('It goes on\nin lower case.'), ['It goes on\nin lower case.']);
  });

  it('of Markdown without its markers', () => {
    const text =
      '# Title\n\n- First item\n- [ ] Second item. And more\n1. One\n2) Two!\n\n---\n\n> Quoted\n> words';
    assert.deepEqual(split(text), [
      'Title',
      'First item',
      'Second item.',
      'And more',
      'One',
      'Two!',
      'Quoted',
      'words',
    ]);
  });

  it('of a megabyte in a few seconds, however it is made', function () {
    this.timeout(60_000);
    const started = performance.now();
    assert.equal(sentenceSpans('Olá, mundo! The fox 🦊 jumps. '.repeat(36_000)).length, 72_000);
    assert.equal(sentenceSpans('x'.repeat(1_000_000)).length, 1);
    assert.equal(sentenceSpans(`A.${'\n'.repeat(1_000_000)}B.`).length, 2);
    assert.equal(sentenceSpans('Word\n'.repeat(200_000)).length, 200_000);
    // One call of Intl.Segmenter over the first text alone takes minutes.
    assert.ok(performance.now() - started < 40_000);
  });
});
