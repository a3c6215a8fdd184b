import assert from 'node:assert/strict';
import { textLimit, validateQuestion, validateText } from '../../../src/core/text/validate.ts';

describe('text that cannot be analysed is refused with a reason', () => {
  it('nothing, and nothing but white space', () => {
    for (const text of ['', '  \r\n\t', '\u00a0\u3000'])
      assert.throws(() => validateText(text), { code: 'text-empty' });
    for (const question of ['', ' \n'])
      assert.throws(() => validateQuestion(question), { code: 'question-empty' });
  });

  it('binary data', () => {
    assert.throws(() => validateText('PNG\0\0IHDR'), { code: 'text-binary' });
    assert.throws(() => validateQuestion('who\0?'), { code: 'text-binary' });
  });

  it('more than the limit, but not a megabyte', () => {
    assert.doesNotThrow(() => validateText('a'.repeat(1 << 20)));
    assert.throws(() => validateText('a'.repeat(textLimit + 1)), {
      code: 'text-too-long',
      details: { length: textLimit + 1, limit: textLimit },
    });
  });
});
