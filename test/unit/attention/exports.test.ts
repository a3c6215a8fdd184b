import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { exportAttention } from '../../../src/core/attention/export/exportAttention.ts';
import type { AttentionFile } from '../../../src/shared/attentionFile.ts';
import { figureInput } from './figureInput.ts';
import { exportFolder, figures, pieces, smallInput } from './exportFixture.ts';
import { randomMaps, tokensOf } from './maps.ts';

/** Fields of a CSV file as RFC 4180 says. */
function parseCsv(content: string): string[][] {
  assert.ok(content.endsWith('\r\n'));
  return content
    .slice(0, -2)
    .split(/\r\n/)
    .map((line) =>
      Array.from(
        line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g),
        ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
      ),
    );
}

describe('exports of attention', function () {
  this.timeout(20_000);
  const folder = exportFolder();
  after(folder.remove);
  const { maps, input } = smallInput();

  it('give each weight exactly in CSV, with its tokens and places', async () => {
    const { content } = await folder.write(input, 'csv', figures.matrix);
    const [head, ...rows] = parseCsv(content.toString());
    assert.deepEqual(head, [
      ...['stack', 'layer', 'head', 'query', 'key', 'query_token', 'key_token'],
      ...['query_start', 'query_end', 'key_start', 'key_end', 'weight'],
    ]);
    assert.equal(rows.length, 100);
    for (const [index, row] of rows.entries()) {
      const [query, key] = [Math.floor(index / 10), index % 10];
      assert.deepEqual(row.slice(0, 7), [
        'encoder',
        '0',
        '1',
        String(query),
        String(key),
        pieces[query],
        pieces[key],
      ]);
      const { offsets } = input.overview.source;
      assert.deepEqual(row.slice(7, 9), [String(offsets[2 * query]), String(offsets[2 * query + 1])]);
      assert.ok(Object.is(Math.fround(Number(row[11])), Math.fround(maps.exact[0]![1]![query]![key]!)));
    }
  });

  it('give the layer of links and the stack of an overview in CSV', async () => {
    const places = async (figure: typeof figures.links | typeof figures.overview): Promise<string[]> => {
      const [, ...rows] = parseCsv((await folder.write(input, 'csv', figure)).content.toString());
      return [...new Set(rows.map((row) => `${row[1]}.${row[2]}`))];
    };
    assert.deepEqual(await places(figures.links), ['1.0', '1.2']);
    assert.deepEqual(await places(figures.overview), ['0.0', '0.1', '0.2', '1.0', '1.1', '1.2']);
  });

  it('are one page in HTML that nothing can leave and that holds every byte of the maps', async () => {
    const viewer = await folder.place('viewer.js');
    const script = 'const close = "</script><b>"; /</script>/.test(close); document.title = `<!-- ${close}`;';
    await writeFile(viewer, script);
    const nasty = {
      ...input,
      assets: { ...input.assets, viewer },
      source: { ...input.source, text: '</script><script>alert(1)</script>' },
    };
    const html = (await folder.write(nasty, 'html', figures.matrix)).content.toString();
    const scripts = Array.from(html.matchAll(/<script([^>]*)>(.*?)<\/script>/gs));
    assert.equal(scripts.length, 2);
    const [[, data, json], [, attributes, code]] = scripts as unknown as [string[], string[]];
    assert.deepEqual([data, attributes], [' type="application/json" id="loupe-attention"', '']);
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)![1]!;
    const hash = createHash('sha256').update(code!).digest('base64');
    assert.match(policy, /^default-src 'none'; /);
    assert.ok(policy.includes(`script-src 'sha256-${hash}';`));
    assert.ok(!/https?:/.test(html), 'no address of anything outside');
    const file = JSON.parse(json!) as AttentionFile;
    assert.deepEqual(
      [file.format, file.version, file.model.reference, file.text],
      ['loupe-attention', 1, 'starter:test', nasty.source.text],
    );
    assert.deepEqual([file.source.pieces, file.figure], [pieces, figures.matrix]);
    for (const [layer, { cells, scales, heads, queries, keys }] of file.stacks[0]!.layers.entries()) {
      const kept = maps.stack.layers[layer]!;
      assert.deepEqual([heads, queries, keys], [3, 10, 10]);
      assert.deepEqual(new Uint8Array(gunzipSync(Buffer.from(cells, 'base64'))), kept.cells);
      assert.deepEqual(new Float32Array(new Uint8Array(Buffer.from(scales, 'base64')).buffer), kept.scales);
    }
  });

  it('never touch a file that exists unless they may', async () => {
    const file = await folder.place('map.csv');
    await writeFile(file, 'mine');
    const params = { format: 'csv', file, figure: figures.matrix } as const;
    await assert.rejects(exportAttention(input, { ...params, overwrite: false }), {
      code: 'file-exists',
      details: { file },
    });
    assert.equal(await readFile(file, 'utf8'), 'mine');
    const { bytes } = await exportAttention(input, { ...params, overwrite: true });
    assert.equal((await readFile(file)).length, bytes);
    assert.deepEqual(await readdir(path.dirname(file)), ['map.csv']);
  });

  it('leave nothing behind, and an older file as it was, when they fail half-way or are stopped', async () => {
    const file = await folder.place('map.npz');
    const params = { format: 'npz', file, overwrite: false, figure: figures.matrix } as const;
    const failing = {
      ...input,
      exact: (_: string, layer: number) =>
        layer === 0 ? input.exact('encoder', 0) : Promise.reject(new Error('no more')),
    };
    await assert.rejects(exportAttention(failing, params), /no more/);
    const stop = new AbortController();
    const stopping = {
      ...input,
      signal: stop.signal,
      exact: () => {
        stop.abort();
        return input.exact('encoder', 0);
      },
    };
    await assert.rejects(exportAttention(stopping, params), { name: 'AbortError' });
    assert.deepEqual(await readdir(path.dirname(file)), []);
    await writeFile(file, 'older');
    await assert.rejects(exportAttention(failing, { ...params, overwrite: true }), /no more/);
    assert.equal(await readFile(file, 'utf8'), 'older');
  });

  it('say why a file cannot be written', async () => {
    const file = path.join(await folder.place('no'), 'such', 'map.svg');
    await assert.rejects(
      exportAttention(input, { format: 'svg', file, overwrite: true, figure: figures.matrix }),
      { code: 'export-unwritable' },
    );
    const taken = await folder.place('folder.svg');
    await mkdir(taken);
    await chmod(taken, 0o755);
    await assert.rejects(
      exportAttention(input, { format: 'svg', file: taken, overwrite: true, figure: figures.matrix }),
      { code: 'export-unwritable' },
    );
  });

  it('pull layers one at a time, so that the largest NPZ needs the memory of one', async () => {
    const deep = randomMaps({ queries: 6, heads: Array.from({ length: 40 }, () => 2) });
    let open = 0;
    let most = 0;
    const source = tokensOf(pieces.slice(0, 6));
    const given = figureInput({ maps: [deep], source, text: '' });
    const counted = {
      ...given,
      exact: async (stack: 'encoder', layer: number) => {
        most = Math.max(most, ++open);
        const weights = await given.exact(stack, layer);
        open--;
        return weights;
      },
    };
    await folder.write(counted as typeof given, 'npz', figures.overview);
    assert.equal(most, 1);
  });
});
