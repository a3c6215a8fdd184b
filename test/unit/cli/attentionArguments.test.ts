import assert from 'node:assert/strict';
import { parseCommand } from '../../../src/cli/arguments/parse.ts';
import { figureSpec } from '../../../src/cli/attention/figureSpec.ts';
import type { AttentionCommand } from '../../../src/cli/command.ts';
import type { FigureSpec } from '../../../src/shared/attentionProtocol.ts';
import { figureInput } from '../attention/figureInput.ts';
import { randomMaps, tokensOf } from '../attention/maps.ts';

function read(line: string): AttentionCommand {
  const command = parseCommand(['attention', ...line.split(' ').filter((word) => word !== '')]);
  assert.ok(command.kind === 'attention');
  return command;
}

const { overview } = figureInput({
  maps: [randomMaps({ queries: 3, heads: [2, 4] })],
  source: tokensOf(['[CLS]', 'a', '[SEP]']),
  text: 'a',
});

describe('arguments of loupe attention', () => {
  it('have defaults', () => {
    assert.deepEqual(read(''), {
      kind: 'attention',
      model: undefined,
      file: '-',
      question: undefined,
      target: undefined,
      window: 0,
      generate: 0,
      stack: undefined,
      layer: undefined,
      head: undefined,
      token: undefined,
      direction: 'from',
      view: 'overview',
      words: false,
      dark: false,
      scale: 2,
      topK: 3,
      threshold: 0,
      out: undefined,
      overwrite: false,
      json: false,
      precision: 'auto',
      device: 'auto',
      threads: 0,
    });
  });

  const common = { theme: 'light', scale: 2, words: false } as const;
  const drawn: readonly (readonly [string, FigureSpec])[] = [
    ['', { ...common, view: 'overview', stack: 'encoder' }],
    ['--layer 1 --head 3', { ...common, view: 'matrix', at: { stack: 'encoder', layer: 1, head: 3 } }],
    ['--head 1', { ...common, view: 'matrix', at: { stack: 'encoder', layer: 0, head: 1 } }],
    [
      '--layer 1',
      { ...common, view: 'links', stack: 'encoder', layer: 1, heads: [0, 1, 2, 3], topK: 3, threshold: 0 },
    ],
    [
      '--view links --head 1 --token 2 --top-k 9 --threshold 0.25',
      {
        ...common,
        view: 'links',
        stack: 'encoder',
        layer: 0,
        heads: [1],
        topK: 9,
        threshold: 0.25,
        token: 2,
      },
    ],
    [
      '--view text --to --dark --words --scale 1.5',
      {
        theme: 'dark',
        scale: 1.5,
        words: true,
        view: 'text',
        at: { stack: 'encoder', layer: 1, head: 0 },
        token: 0,
        direction: 'to',
      },
    ],
    [
      '--head 1 --token 2',
      { ...common, view: 'text', at: { stack: 'encoder', layer: 1, head: 1 }, token: 2, direction: 'from' },
    ],
  ];
  for (const [line, figure] of drawn)
    it(`draw what was asked for: ${line === '' ? 'nothing in particular' : line}`, () => {
      assert.deepEqual(figureSpec(read(`--out map.svg ${line}`), overview), figure);
    });

  it('know the format by the ending, whatever its case', () => {
    for (const [file, format] of [
      ['a.svg', 'svg'],
      ['b/c.PDF', 'pdf'],
      ['d.x.npz', 'npz'],
      ['e.html', 'html'],
    ] as const)
      assert.deepEqual(read(`-o ${file}`).out, { file, format });
  });

  const wrong: readonly (readonly [string, RegExp])[] = [
    ['a b', /One file at a time/],
    ['--out map', /needs an ending: \.svg, \.pdf/],
    ['--out map.svgg', /no format "svgg"\. Did you mean "svg"\?/],
    ['--out map.jpg', /no format "jpg"/],
    ['--head 1', /--head is about a picture: say where it goes, for example --out map\.svg/],
    ['--overwrite', /--overwrite is about a picture/],
    ['-o a.svg --layer -1', /argument is ambiguous/],
    ['-o a.svg --layer 1.5', /--layer takes a whole number/],
    ['-o a.svg --view matrx', /Did you mean "matrix"\?/],
    ['-o a.svg --stack middle', /no stack "middle"/],
    ['-o a.png --scale 0', /--scale takes a number from 0\.1 to 16/],
    ['-o a.png --scale 1e3', /--scale takes a number/],
    ['-o a.svg --threshold 2', /--threshold takes a number from 0 to 1/],
    ['--question=', /--question is empty/],
    ['--haed 1', /Did you mean --head\?/],
  ];
  for (const [line, message] of wrong)
    it(`say what was meant by: loupe attention ${line}`, () => {
      assert.throws(() => read(line), { code: 'arguments-invalid', message });
    });

  it('name the stacks there are when another is asked for', () => {
    assert.throws(() => figureSpec(read('-o a.svg --stack cross'), overview), {
      code: 'arguments-invalid',
      message: '--stack cross: starter:test has only encoder.',
    });
  });
});
