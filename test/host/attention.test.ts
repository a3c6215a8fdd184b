import assert from 'node:assert/strict';
import path from 'node:path';
import * as vscode from 'vscode';
import type { AttentionPanelState, LoupeApi } from '../../src/extension/api.ts';
import {
  closeEditors,
  loupe,
  messagesDuring,
  openText,
  resultsOf,
  select,
  until,
  withSetting,
} from './support.ts';

const good = 'This film is wonderful and I love it.';
const bad = 'The food was awful.';
const show = (argument?: unknown) => vscode.commands.executeCommand('loupe.showAttention', argument);

describe('attention panels', () => {
  let api: LoupeApi;
  before(async () => {
    api = await loupe();
  });
  afterEach(async () => {
    await vscode.commands.executeCommand('loupe.clearResults');
    await closeEditors();
    await until('all panels to close', () => api.attentionPanels().length === 0 || undefined);
  });

  const panels = () => api.attentionPanels();
  const only = (): AttentionPanelState => {
    const [panel, ...others] = panels();
    assert.ok(panel);
    assert.deepEqual(others, []);
    return panel;
  };
  const texts = () => only().shown.sides.map(({ source }) => source.text);
  const textIs = (text: string) =>
    until(`the panel to show “${text}”`, () => texts()[0] === text || undefined);

  it('open beside the editor, which keeps the focus, for the selection', async () => {
    const editor = await openText(`Before. ${good} After.`);
    select(editor, good);
    await show();
    const { title, shown, isVisible } = only();
    assert.equal(isVisible, true);
    assert.equal(title, `Attention: ${path.posix.basename(editor.document.uri.path)}`);
    assert.equal(vscode.window.activeTextEditor?.document, editor.document);
    const [side] = shown.sides;
    assert.deepEqual(side?.source, {
      model: 'starter:sentiment-en',
      text: good,
      window: 0,
      generate: 0,
    });
    assert.equal(side.isLinked, true);
    assert.deepEqual(shown.documents, [{ uri: editor.document.uri.toString(), start: 8 }]);
    assert.equal(shown.isFollowing, true);
  });

  it('without a selection take the paragraph at the caret; without any text there is a message and no panel', async () => {
    const editor = await openText(`First.\n\n${good}\nIt goes on.\n\n`);
    const at = editor.document.positionAt(editor.document.getText().indexOf('goes'));
    editor.selection = new vscode.Selection(at, at);
    await show();
    assert.deepEqual(texts(), [`${good}\nIt goes on.`]);
    await closeEditors();
    await openText(' \n ');
    assert.match((await messagesDuring(show)).join(), /There is no text to analyse/);
    assert.deepEqual(panels(), []);
  });

  it('a Q: line stands for its question and the document, under the question model', async () => {
    const editor = await openText('Curie was born in Warsaw.\n\nQ: Where was Curie born?\n', 'markdown');
    editor.selection = new vscode.Selection(2, 3, 2, 3);
    await show();
    const { source } = only().shown.sides[0]!;
    assert.equal(source.question, 'Where was Curie born?');
    assert.equal(source.model, 'starter:qa-en');
    assert.equal(source.text.trim(), 'Curie was born in Warsaw.');
    assert.equal(source.text.length, editor.document.getText().length);
  });

  it('of a result have its model, task, text and question', async () => {
    await openText(`${good}\n\n${bad}`);
    const [tracked] = await resultsOf(api, 'loupe.askQuestion', { question: 'What is wonderful?' });
    await vscode.commands.executeCommand('loupe.showResultAttention', tracked!.run.id);
    const { source, isLinked } = only().shown.sides[0]!;
    assert.deepEqual(
      [source.model, source.task, source.question, source.text, isLinked],
      ['starter:qa-en', 'question-answering', 'What is wonderful?', good, true],
    );
  });

  it('follow the cursor to another paragraph, and stay while it is inside their own', async () => {
    const editor = await openText(`${good}\n\n${bad}`);
    await show();
    const before = only().shown.version;
    editor.selection = new vscode.Selection(0, 3, 0, 9);
    editor.selection = new vscode.Selection(2, 4, 2, 4);
    await textIs(bad);
    assert.ok(only().shown.version > before);
    const { version } = only().shown;
    editor.selection = new vscode.Selection(2, 0, 2, 8);
    await new Promise((resolve) => setTimeout(resolve, 800));
    assert.deepEqual(texts(), [bad]);
    assert.equal(only().shown.version, version);
  });

  it('are used again by the next command, and keep the chosen model setting', async () => {
    const editor = await openText(`${good}\n\n${bad}`);
    await show();
    select(editor, 'awful');
    await show();
    assert.deepEqual(texts(), ['awful']);
  });

  it('keep up with edits: the passage moves, is lost when its text changes, and is back after undo', async () => {
    const editor = await openText(`Title\n\n${good}`);
    select(editor, good);
    await show();
    const start = () => only().shown.documents[0]?.start;
    const isLinked = () => only().shown.sides[0]?.isLinked;
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), '🙂 long '));
    await until('the passage to move', () => start() === 7 + '🙂 long '.length || undefined);
    assert.equal(isLinked(), true);
    const at = editor.document.getText().indexOf('love');
    const place = editor.document.positionAt(at);
    await editor.edit((edit) => edit.insert(place, 'x'));
    await until('the passage to be lost', () => isLinked() === false || undefined);
    await vscode.commands.executeCommand('undo');
    await until('the passage to be back', () => isLinked() === true || undefined);
    assert.deepEqual(texts(), [good]);
  });

  it('follow what is typed into their passage', async () => {
    const editor = await openText(`${good}\n\n${bad}`);
    await show();
    const type = async (at: number, text: string) => {
      await editor.edit((edit) => edit.insert(new vscode.Position(0, at), text));
      editor.selection = new vscode.Selection(0, at + text.length, 0, at + text.length);
      await textIs(editor.document.lineAt(0).text);
    };
    await type('This'.length, ' old');
    await type(editor.document.lineAt(0).text.length, ' Really.');
    assert.equal(only().shown.sides[0]?.isLinked, true);
  });

  it('closed while the answer is on its way: the query is gone, and the next panel works', async () => {
    await openText(Array.from({ length: 60 }, (_, i) => `Sentence ${i} was a good one.`).join(' '));
    await vscode.commands.executeCommand('loupe.restartInference');
    await show();
    await until('a query', () => only().pending > 0 || undefined);
    const said = await messagesDuring(async () => {
      await closeEditors();
      await until('the panel to close', () => panels().length === 0 || undefined);
      await openText(good);
      await show();
      await until('the new panel’s answer', () => only().pending === 0 || undefined);
    });
    assert.deepEqual(said, []);
  });

  it('a model that is not there: the panel says so, and no message pops up', async () => {
    await openText(good);
    await withSetting('loupe.models.sentiment', '/does/not/exist', async () => {
      const said = await messagesDuring(async () => {
        await show();
        await until('the query to fail', () => only().pending === 0 || undefined);
      });
      assert.deepEqual(said, []);
      assert.equal(only().shown.sides[0]?.source.model, '/does/not/exist');
    });
  });

  it('compare with another text, and with another model, chosen from a list', async () => {
    const editor = await openText(`${good}\n\n${bad}`);
    await show();
    await choosing(/^The food/, () => vscode.commands.executeCommand('loupe.compareAttentionText'));
    assert.deepEqual(texts(), [good, bad]);
    // A word of the second text is chosen there; it does not make that text the first one too.
    editor.selection = new vscode.Selection(2, 5, 2, 5);
    await new Promise((resolve) => setTimeout(resolve, 800));
    assert.deepEqual(texts(), [good, bad]);
    const labels = await choosing(/qa-en/, () =>
      vscode.commands.executeCommand('loupe.compareAttentionModel'),
    );
    assert.ok(labels.includes('$(check) sentiment-en'), labels.join());
    const [first, second] = only().shown.sides;
    assert.deepEqual([first?.source.text, second?.source.text], [good, good]);
    assert.equal(second?.source.model, 'starter:qa-en');
    assert.equal(second.source.task, undefined);
  });
});

/** Answers every quick pick during `work` with the row whose label reads so; gives all labels. */
async function choosing(pattern: RegExp, work: () => PromiseLike<unknown>): Promise<string[]> {
  const labels: string[] = [];
  const window = vscode.window as unknown as Record<string, unknown>;
  const original = window['showQuickPick'];
  window['showQuickPick'] = async (rows: Thenable<readonly vscode.QuickPickItem[]>) => {
    const found = await rows;
    labels.push(...found.map(({ label }) => label));
    return found.find(({ label }) => pattern.test(label));
  };
  try {
    await work();
  } finally {
    window['showQuickPick'] = original;
  }
  return labels;
}
