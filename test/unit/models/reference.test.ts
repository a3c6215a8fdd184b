import assert from 'node:assert/strict';
import path from 'node:path';
import { formatReference, parseReference } from '../../../src/core/models/reference.ts';
import { skipBecause } from '../../support/skip.ts';
import { LoupeError } from '../../../src/shared/errors.ts';

const base = { directory: '/work/space', home: '/home/ada' };

describe('model references', () => {
  const read: readonly (readonly [string, object, string?])[] = [
    ['starter:sentiment-en', { kind: 'starter', name: 'sentiment-en' }],
    [' starter:qa-en\n', { kind: 'starter', name: 'qa-en' }, 'starter:qa-en'],
    ['hub:acme/tiny', { kind: 'hub', owner: 'acme', name: 'tiny', revision: 'main' }],
    ['hub:acme/tiny@main', { kind: 'hub', owner: 'acme', name: 'tiny', revision: 'main' }, 'hub:acme/tiny'],
    ['hub:Ac.me_1/t-5.2@v1.0', { kind: 'hub', owner: 'Ac.me_1', name: 't-5.2', revision: 'v1.0' }],
    ['hub:a/b@refs/pr/3', { kind: 'hub', owner: 'a', name: 'b', revision: 'refs/pr/3' }],
    ['/models/mine', { kind: 'folder', directory: '/models/mine' }],
    ['models/mine', { kind: 'folder', directory: '/work/space/models/mine' }, '/work/space/models/mine'],
    ['../mine', { kind: 'folder', directory: '/work/mine' }, '/work/mine'],
    ['~/mine', { kind: 'folder', directory: '/home/ada/mine' }, '/home/ada/mine'],
    ['C:\\models\\mine', { kind: 'folder', directory: 'C:\\models\\mine' }],
    ['d:/models/mine', { kind: 'folder', directory: 'd:\\models\\mine' }, 'd:\\models\\mine'],
    [
      'Ünïcode folder',
      { kind: 'folder', directory: '/work/space/Ünïcode folder' },
      '/work/space/Ünïcode folder',
    ],
  ];
  for (const [text, expected, canonical = text] of read)
    it(`read ${JSON.stringify(text)}`, function () {
      if (path.sep === '\\' && /^(?:\/|~|\.\.|models|Ünï)/.test(text)) skipBecause(this, 'paths of POSIX');
      const reference = parseReference(text, base);
      assert.deepEqual(reference, expected);
      assert.equal(formatReference(reference), canonical);
      assert.deepEqual(parseReference(formatReference(reference), base), reference);
    });

  const refused = [
    '',
    '   ',
    'starter:',
    'starter:..',
    'starter:a/b',
    'starter:a\\b',
    'starter:../qa-en',
    'starter:.hidden',
    'starter:a%2fb',
    'starter:a..b',
    'hub:tiny',
    'hub:acme/',
    'hub:/tiny',
    'hub:acme/tiny/x',
    'hub:../tiny',
    'hub:acme/..',
    'hub:acme/ti..ny',
    'hub:acme/ti--ny',
    'hub:acme/tiny.git',
    'hub:acme/ti%6ey',
    'hub:acme/tiny@',
    'hub:acme/tiny@../main',
    'hub:acme/tiny@a//b',
    'hub:acme/tiny@-x',
    'hub:acme\u0000/tiny',
    'hub:acme/tiny?x=1',
    'models/mi\u0000ne',
    'https://example.org/model',
    'file:///models/mine',
    'C:mine',
  ];
  for (const text of refused)
    it(`refuse ${JSON.stringify(text)}`, () => {
      assert.throws(
        () => parseReference(text, base),
        (error) => error instanceof LoupeError && error.code === 'reference-invalid',
      );
    });

  it('refuse a relative folder when nobody says what it is relative to', () => {
    assert.throws(() => parseReference('models/mine'), { code: 'reference-invalid' });
    assert.throws(() => parseReference('~/mine'), { code: 'reference-invalid' });
  });

  it('say that runs come later', () => {
    assert.throws(() => parseReference('run:2026-01-01'), {
      code: 'reference-run',
      message: /later version/,
    });
  });
});
