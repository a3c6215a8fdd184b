import assert from 'node:assert/strict';
import {
  codeUnitIndex,
  countLoneSurrogates,
  replaceLoneSurrogates,
} from '../../../src/core/text/surrogates.ts';

describe('surrogates', () => {
  it('counts only surrogates that have lost their other half', () => {
    assert.equal(countLoneSurrogates('plain ã 東'), 0);
    assert.equal(countLoneSurrogates('👍 🇧🇷'), 0);
    assert.equal(countLoneSurrogates('\ud83d👍\udc4d\ud83d'), 3);
  });

  it('replaces a broken character without moving anything after it', () => {
    const text = 'a\ud800b👍c\udc00';
    const clean = replaceLoneSurrogates(text);
    assert.equal(clean, 'a\uFFFDb👍c\uFFFD');
    assert.equal(clean.length, text.length);
  });

  it('turns code points into UTF-16 positions, the end included', () => {
    assert.equal(codeUnitIndex('no surrogates: ação'), undefined);
    assert.deepEqual([...codeUnitIndex('a👍b🇧c')!], [0, 1, 3, 4, 6, 7]);
  });
});
