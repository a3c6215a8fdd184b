import assert from 'node:assert/strict';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { AttentionExporter } from '../../src/extension/attention/exporter.ts';
import { passageAt } from '../../src/extension/attention/passage.ts';
import type { PanelSide } from '../../src/extension/attention/panelModel.ts';
import { createWording } from '../../src/extension/base/wording.ts';
import { createInferenceClient, type InferenceClient } from '../../src/inference/client/inferenceClient.ts';
import type { FigureSpec } from '../../src/shared/attentionProtocol.ts';
import { LoupeError } from '../../src/shared/errors.ts';
import { messagesDuring } from './support.ts';

const figure: FigureSpec = {
  theme: 'light',
  scale: 1,
  words: false,
  view: 'matrix',
  at: { stack: 'encoder', layer: 1, head: 3 },
};
const text = 'What a lovely day.';
const side: PanelSide = {
  source: { model: 'starter:sentiment-en', task: 'text-classification', text, window: 0, generate: 0 },
  label: 'day.md, line 1',
  passage: passageAt({ uri: 'file:///work/day.md', name: 'day.md' }, text, 0),
};
const notReplaced = 'here before';

describe('an export from the attention panel', () => {
  let client: InferenceClient;
  let exporter: AttentionExporter;
  let folder: string;
  const dialogs: vscode.SaveDialogOptions[] = [];
  let chosen: string | undefined;
  const window = vscode.window as unknown as Record<string, unknown>;
  const originalDialog = window['showSaveDialog'];

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'loupe-export-'));
    const { extensionPath } = vscode.extensions.getExtension('loupe.loupe')!;
    client = createInferenceClient({
      modulePath: path.join(extensionPath, 'dist/inference.cjs'),
      settings: () => ({
        device: 'auto',
        precision: 'auto',
        threads: 0,
        memoryLimitMb: 2048,
        starterDirectory: path.join(extensionPath, 'media/models'),
        cacheDirectory: path.join(folder, 'cache'),
        hubEndpoint: 'http://127.0.0.1:9',
      }),
      log: () => undefined,
    });
    exporter = new AttentionExporter({
      link: client,
      errors: { tellOnce: () => undefined },
      wording: createWording((message, details = {}) => vscode.l10n.t(message, details), 'en'),
      hub: () => 'http://127.0.0.1:9',
    });
    window['showSaveDialog'] = (options: vscode.SaveDialogOptions) => {
      dialogs.push(options);
      return Promise.resolve(chosen === undefined ? undefined : vscode.Uri.file(chosen));
    };
  });
  beforeEach(() => {
    dialogs.length = 0;
  });
  after(async () => {
    window['showSaveDialog'] = originalDialog;
    client.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  const exportTo = (name: string | undefined, answer?: string) => {
    chosen = name === undefined ? undefined : path.join(folder, name);
    let file: string | undefined;
    const work = async () => {
      file = await exporter.export(side, 'svg', figure);
    };
    return messagesDuring(work, answer).then((said) => ({ said, file }));
  };
  const read = (name: string) => readFile(path.join(folder, name), 'utf8');

  it('is written where the dialog says; the dialog starts from a telling name, and the file can be opened', async () => {
    const { said, file } = await exportTo('map.svg');
    assert.equal(file, path.join(folder, 'map.svg'));
    assert.match(await read('map.svg'), /<svg[^]*<\/svg>/);
    const [dialog] = dialogs;
    assert.match(dialog?.defaultUri?.path ?? '', /\/day-sentiment-en-layer1-head3\.svg$/);
    assert.deepEqual(dialog?.filters, { 'SVG drawing': ['svg'] });
    assert.deepEqual(said, ['Loupe: saved map.svg']);
  });

  it('replaces a file that the dialog itself has asked about', async () => {
    await writeFile(path.join(folder, 'asked.svg'), notReplaced);
    await exportTo('asked.svg');
    assert.match(await read('asked.svg'), /<svg/);
  });

  it('a name without its ending is completed; a file of the completed name is replaced only after a yes', async () => {
    await writeFile(path.join(folder, 'bare.svg'), notReplaced);
    const refused = await exportTo('bare');
    assert.equal(refused.file, undefined);
    assert.deepEqual(refused.said, ['bare.svg exists already. Replace it?']);
    assert.equal(await read('bare.svg'), notReplaced);
    const agreed = await exportTo('bare', 'Replace');
    assert.equal(agreed.file, path.join(folder, 'bare.svg'));
    assert.match(await read('bare.svg'), /<svg/);
  });

  it('nothing happens when the dialog is closed', async () => {
    const before = await readdir(folder);
    assert.deepEqual(await exportTo(undefined), { said: [], file: undefined });
    assert.deepEqual(await readdir(folder), before);
  });

  it('into a folder that is not there: an error that names the file, and no half of a file', async () => {
    await assert.rejects(exportTo('no-such-folder/map.svg'), (error) => {
      assert.ok(error instanceof LoupeError, String(error));
      assert.equal(error.code, 'export-unwritable');
      assert.match(error.message, /no-such-folder/);
      return true;
    });
    assert.ok(!(await readdir(folder)).includes('no-such-folder'));
  });

  it('heads that are off are saved as JSON for pruning', async () => {
    chosen = path.join(folder, 'mask.json');
    const said = await messagesDuring(() =>
      exporter.saveMask(side, [{ stack: 'encoder', layer: 1, head: 3 }]),
    );
    assert.match(dialogs[0]?.defaultUri?.path ?? '', /\/day-sentiment-en-head-mask\.json$/);
    assert.deepEqual(JSON.parse(await read('mask.json')), {
      format: 'loupe-head-mask',
      version: 1,
      model: 'starter:sentiment-en',
      stacks: { encoder: [[1, 3]] },
    });
    assert.deepEqual(said, ['Loupe: saved mask.json']);
  });
});
