import assert from 'node:assert/strict';
import { inflateSync } from 'node:zlib';
import { PNG } from 'pngjs';
import { getDocumentProxy } from 'unpdf';
import { entryOf, sequentialColors, themeBackgrounds, toHex } from '../../../src/shared/attentionColors.ts';
import { randomMaps, tokensOf } from './maps.ts';
import { figureInput } from './figureInput.ts';
import { at, exportFolder, figures, pieces, smallInput, text } from './exportFixture.ts';
import { gridsOf, parseSvg } from './svgReader.ts';

/** Which entries of the colour table a colour is: neighbours may be equal. */
function entriesOf(theme: 'light' | 'dark', color: string): readonly number[] {
  const table = sequentialColors(themeBackgrounds[theme]);
  return Array.from({ length: 256 }, (_, entry) => entry).filter(
    (entry) => toHex(entryOf(table, entry)) === color,
  );
}

/** Entry that a weight should have, to one. */
function assertEntry(theme: 'light' | 'dark', color: string | undefined, share: number, where: string): void {
  const entries = color === undefined ? [0] : entriesOf(theme, color);
  assert.ok(
    entries.some((entry) => Math.abs(entry - share * 255) <= 1.3),
    `${where}: ${color} is entry ${entries.join('/')}, expected ${share * 255}`,
  );
}

describe('figures of attention', function () {
  this.timeout(20_000);
  const folder = exportFolder();
  after(folder.remove);
  const { maps, input } = smallInput();
  const head = maps.exact[0]![1]!;
  const largest = Math.max(...head.flat().filter((weight) => !Number.isNaN(weight)));

  for (const theme of ['light', 'dark'] as const)
    it(`hold every weight of the matrix as its colour, in SVG: ${theme}`, async () => {
      const { content } = await folder.write(input, 'svg', { ...figures.matrix, theme });
      const [grid, ...bars] = gridsOf(parseSvg(content));
      assert.ok(grid!.cell >= 10 && bars.length > 0);
      for (const [row, weights] of head.entries())
        for (const [column, weight] of weights.entries()) {
          const color = grid!.colors.get(`${row},${column}`);
          if (Number.isNaN(weight)) assert.equal(color, undefined);
          else assertEntry(theme, color, weight / largest, `[${row}, ${column}]`);
        }
    });

  it('say in SVG what they show: title, description, model, layer, head and text, escaped', async () => {
    const document = parseSvg((await folder.write(input, 'svg', figures.matrix)).content);
    const read = (name: string): string | null | undefined =>
      document.getElementsByTagName(name)[0]?.textContent;
    assert.equal(read('title'), 'encoder layer 0, head 1');
    assert.match(read('desc')!, /10 x 10/);
    assert.deepEqual(
      ['model', 'stack', 'layer', 'head', 'text'].map((name) => read(`loupe:${name}`)),
      ['starter:test', 'encoder', '0', '1', text],
    );
    const labels = Array.from(document.getElementsByTagName('g')).map((group) =>
      group.getAttribute('aria-label'),
    );
    for (const piece of pieces) assert.equal(labels.filter((label) => label === piece).length, 2, piece);
  });

  it('outline every letter they use in SVG, so that they look the same everywhere', async () => {
    const document = parseSvg((await folder.write(input, 'svg', figures.text)).content);
    assert.equal(document.getElementsByTagName('text').length, 0);
    const outlines = new Set(
      Array.from(document.getElementsByTagName('path'), (path) => path.getAttribute('id')),
    );
    const uses = Array.from(document.getElementsByTagName('use'));
    assert.ok(uses.length > text.length);
    for (const use of uses) assert.ok(outlines.has(use.getAttribute('xlink:href')!.slice(1)));
  });

  it('hatch rows that are not numbers', async () => {
    const { content } = await folder.write(input, 'svg', figures.matrix);
    const document = parseSvg(content);
    const [grid] = gridsOf(document);
    const ends = Array.from(document.getElementsByTagName('path'), (path) =>
      /^M\S+ (\S+)L\S+ (\S+)$/.exec(path.getAttribute('d') ?? ''),
    ).filter((match) => match !== null);
    assert.ok(ends.length >= 10);
    for (const [, bottom, top] of ends) {
      assert.equal(Number(bottom), grid!.y + 4 * grid!.cell);
      assert.ok(Number(top) >= grid!.y + 3 * grid!.cell);
    }
  });

  it('show all heads of a stack, layers down and heads across', async () => {
    const grids = gridsOf(parseSvg((await folder.write(input, 'svg', figures.overview)).content));
    assert.equal(grids.length, 6);
    assert.deepEqual(new Set(grids.map(({ x }) => x)).size, 3);
    assert.deepEqual(new Set(grids.map(({ y }) => y)).size, 2);
    for (const [index, grid] of grids.entries()) {
      const weights = maps.exact[Math.floor(index / 3)]![index % 3]!;
      const most = Math.max(...weights.flat().filter((weight) => !Number.isNaN(weight)));
      for (const [row, line] of weights.entries())
        for (const [column, weight] of line.entries())
          if (!Number.isNaN(weight))
            assertEntry('light', grid.colors.get(`${row},${column}`), weight / most, `head ${index}`);
    }
  });

  it('link each token to those it attends to most, in the colour of the head', async () => {
    const document = parseSvg((await folder.write(input, 'svg', figures.links)).content);
    const lines = Array.from(document.getElementsByTagName('path')).filter((path) =>
      path.getAttribute('stroke-opacity'),
    );
    const expected = [0, 2].flatMap((of) =>
      maps.exact[1]![of]!.flatMap((row) =>
        row
          .toSorted((a, b) => b - a)
          .slice(0, 2)
          .filter((weight) => weight >= 0.1),
      ),
    );
    assert.equal(lines.length, expected.length);
    const opacities = lines.map((line) => Number(line.getAttribute('stroke-opacity'))).sort((a, b) => a - b);
    for (const [index, weight] of expected.sort((a, b) => a - b).entries())
      assert.ok(Math.abs(opacities[index]! - weight) < 0.02);
    assert.equal(new Set(lines.map((line) => line.getAttribute('stroke'))).size, 2);
    const one = parseSvg(
      (await folder.write(input, 'svg', { ...figures.links, token: 4, threshold: 0 })).content,
    );
    assert.equal(
      Array.from(one.getElementsByTagName('path')).filter((path) => path.getAttribute('stroke-opacity'))
        .length,
      4,
    );
  });

  it('tint the passage by what the chosen token attends to', async () => {
    const document = parseSvg((await folder.write(input, 'svg', figures.text)).content);
    const tints = Array.from(document.getElementsByTagName('rect')).slice(1, 11);
    const row = head[4]!;
    for (const [token, rect] of tints.entries())
      assertEntry('light', rect.getAttribute('fill')!, row[token]! / Math.max(...row), `token ${token}`);
    assert.deepEqual(
      tints.map((rect) => rect.hasAttribute('stroke')),
      pieces.map((_, token) => token === 4),
    );
  });

  it('write the passage as the document does, not as a lowercasing tokenizer', async () => {
    const words = ['[CLS]', 'sadly', 'weak', '[SEP]'];
    const own = randomMaps({ queries: 4, heads: [1], sharpness: 2 });
    const given = figureInput({ maps: [own], source: tokensOf(words), text: 'Sadly WEAK' });
    const spec = { ...figures.text, at: { stack: 'encoder', layer: 0, head: 0 }, token: 0 } as const;
    const document = parseSvg((await folder.write(given, 'svg', spec)).content);
    const labels = Array.from(document.getElementsByTagName('g'), (group) =>
      group.getAttribute('aria-label'),
    );
    assert.ok(labels.includes('Sadly') && labels.includes('WEAK'), labels.join(' '));
  });

  it('join sub-words when asked: rows averaged, columns summed', async () => {
    const words = { ...tokensOf(pieces), words: Int32Array.of(-1, 0, 1, 1, 2, 3, 4, 5, 6, -1) };
    const joined = figureInput({ maps: [maps], source: words, text });
    const grid = gridsOf(
      parseSvg(
        (await folder.write(joined, 'svg', { ...figures.matrix, words: true, at: { ...at, head: 0 } }))
          .content,
      ),
    )[0]!;
    const exact = maps.exact[0]![0]!;
    const join = <T>(items: readonly T[], merge: (a: T, b: T) => T): T[] => [
      ...items.slice(0, 2),
      merge(items[2]!, items[3]!),
      ...items.slice(4),
    ];
    const expected = join(
      exact.map((row) => join(row, (a, b) => a + b)),
      (a, b) => a.map((weight, index) => (weight + b[index]!) / 2),
    );
    const most = Math.max(...expected.flat());
    for (const [row, line] of expected.entries())
      for (const [column, weight] of line.entries())
        assertEntry('light', grid.colors.get(`${row},${column}`), weight / most, `[${row}, ${column}]`);
  });

  it('stay below 6 MB as SVG for 512 tokens without a single weight of nothing', async () => {
    const large = randomMaps({ queries: 512, heads: [1], sharpness: 1.5 });
    const source = tokensOf(Array.from({ length: 512 }, (_, token) => `word${token}`));
    const { bytes, content } = await folder.write(figureInput({ maps: [large], source, text: '' }), 'svg', {
      ...figures.matrix,
      at: { ...at, head: 0 },
    });
    assert.ok(bytes < 6e6, `${bytes} bytes`);
    assert.equal(gridsOf(parseSvg(content))[0]!.colors.size, 512 * 512);
  });

  it('are drawn pixel by pixel in PNG, at any scale, with the facts in the file', async () => {
    const svg = gridsOf(parseSvg((await folder.write(input, 'svg', figures.matrix)).content))[0]!;
    for (const scale of [1, 2.5]) {
      const { content } = await folder.write(input, 'png', { ...figures.matrix, scale });
      const { width, data } = PNG.sync.read(content);
      for (const [row, weights] of head.entries())
        for (const [column, weight] of weights.entries()) {
          if (Number.isNaN(weight)) continue;
          const x = Math.floor((svg.x + (column + 0.5) * svg.cell) * scale);
          const y = Math.floor((svg.y + (row + 0.5) * svg.cell) * scale);
          const pixel = data.subarray(4 * (y * width + x), 4 * (y * width + x) + 3);
          assert.equal(
            toHex([pixel[0]!, pixel[1]!, pixel[2]!]),
            svg.colors.get(`${row},${column}`) ?? '#ffffff',
          );
        }
      assert.match(content.toString('utf8'), /iTXtLoupe model\0\0\0\0\0starter:test/);
      assert.ok(content.includes(`Loupe text\0\0\0\0\0${text}`));
    }
    await assert.rejects(folder.write(input, 'png', { ...figures.matrix, scale: 100 }), {
      code: 'arguments-invalid',
    });
  });

  it('are vector in PDF, with text that can be searched and facts in its information', async () => {
    const { content } = await folder.write(input, 'pdf', figures.matrix);
    const document = await getDocumentProxy(new Uint8Array(content));
    assert.equal(document.numPages, 1);
    const { items } = await (await document.getPage(1)).getTextContent();
    const words = items.map((item) => ('str' in item ? item.str : ''));
    for (const piece of pieces) assert.equal(words.filter((word) => word === piece).length, 2, piece);
    const { info } = (await document.getMetadata()) as unknown as {
      info: { Title: string; Custom: Record<string, string> };
    };
    assert.equal(info.Title, 'encoder layer 0, head 1');
    assert.deepEqual(
      [info.Custom['Loupe_model'], info.Custom['Loupe_head'], info.Custom['Loupe_text']],
      ['starter:test', '1', text],
    );
    const drawn = pdfStreams(content).join('\n');
    const cells = Array.from(drawn.matchAll(/^\d+ \d+ (\d+) 1 re$/gm)).reduce(
      (sum, [, length]) => sum + Number(length),
      0,
    );
    const svg = gridsOf(parseSvg((await folder.write(input, 'svg', figures.matrix)).content));
    assert.equal(
      cells,
      svg.reduce((sum, { colors }) => sum + colors.size, 0),
    );
    assert.match(content.toString('latin1'), /\/FontFile2/);
  });

  it('say which characters the font lacks, and draw a box for each', async () => {
    const source = tokensOf(['[CLS]', '漢', '字', '[SEP]']);
    const lacking = figureInput({ maps: [randomMaps({ queries: 4, heads: [2] })], source, text: '漢字' });
    for (const format of ['svg', 'pdf', 'png'] as const)
      assert.deepEqual((await folder.write(lacking, format, figures.matrix)).warnings, [
        { code: 'attention-glyphs', details: { count: 2, examples: '漢 字' } },
      ]);
    assert.deepEqual((await folder.write(input, 'svg', figures.matrix)).warnings, []);
  });

  for (const [what, figure] of [
    ['layer', { ...figures.matrix, at: { ...at, layer: 2 } }],
    ['head', { ...figures.matrix, at: { ...at, head: 3 } }],
    ['token', { ...figures.text, token: 10 }],
  ] as const)
    it(`are refused for a ${what} that is not there`, async () => {
      await assert.rejects(folder.write(input, 'svg', figure), { code: 'attention-place-missing' });
    });
});

/** All compressed streams of a PDF that are text. */
function pdfStreams(content: Buffer): readonly string[] {
  const streams: string[] = [];
  for (let start = content.indexOf('stream\n'); start >= 0; start = content.indexOf('stream\n', start + 1)) {
    if (content.subarray(start - 3, start).toString() === 'end') continue;
    const end = content.indexOf('endstream', start);
    const head = content.subarray(Math.max(0, start - 200), start).toString('latin1');
    if (head.slice(head.lastIndexOf('obj')).includes('FlateDecode'))
      streams.push(inflateSync(content.subarray(start + 7, end)).toString('latin1'));
  }
  return streams;
}
