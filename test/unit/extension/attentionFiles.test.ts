import assert from 'node:assert/strict';
import { exportName, maskName } from '../../../src/extension/attention/exportNames.ts';
import { maskFile } from '../../../src/extension/attention/maskFile.ts';
import type { FigureSpec } from '../../../src/shared/attentionProtocol.ts';

const look = { theme: 'light', scale: 2, words: false } as const;
const at = { stack: 'encoder', layer: 2, head: 7 } as const;
const matrix: FigureSpec = { ...look, view: 'matrix', at };

describe('the name that an export starts with', () => {
  it('says document, model, layer and head', () => {
    assert.equal(
      exportName('welcome.md', 'starter:sentiment-en', 'svg', matrix),
      'welcome-sentiment-en-layer2-head7.svg',
    );
    assert.equal(
      exportName('a.b.txt', 'hub:google-t5/t5-small@main', 'pdf', {
        ...look,
        view: 'links',
        stack: 'cross',
        layer: 1,
        heads: [0],
        topK: 3,
        threshold: 0,
      }),
      'a.b-google-t5-t5-small-main-cross-layer1-links.pdf',
    );
    assert.equal(
      exportName(undefined, '/models/mine', 'png', { ...look, view: 'text', at, token: 3, direction: 'to' }),
      'text-mine-layer2-head7-token3.png',
    );
    assert.equal(
      exportName('x', 'm', 'svg', { ...look, view: 'overview', stack: 'decoder' }),
      'x-m-decoder-overview.svg',
    );
  });

  it('says attention where the file holds all heads', () => {
    assert.equal(exportName('w.md', 'm', 'npz', matrix), 'w-m-attention.npz');
    assert.equal(exportName('w.md', 'm', 'html', matrix), 'w-m-attention.html');
  });

  it('is one that every file system takes', () => {
    assert.equal(exportName('book.ipynb [3]', 'C:\\m\\a:b?', 'csv', matrix), 'book-a-b-layer2-head7.csv');
    assert.equal(maskName('../..', 'm'), 'text-m-head-mask.json');
  });
});

describe('a saved mask', () => {
  it('lists each head that is off once, in order, by stack', () => {
    const heads = [at, { stack: 'cross', layer: 0, head: 1 } as const, { ...at, layer: 0 }, at];
    assert.deepEqual(JSON.parse(maskFile('starter:m', heads)), {
      format: 'loupe-head-mask',
      version: 1,
      model: 'starter:m',
      stacks: {
        encoder: [
          [0, 7],
          [2, 7],
        ],
        cross: [[0, 1]],
      },
    });
  });
});
