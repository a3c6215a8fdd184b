import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { LoupeApi } from '../../src/extension/api.ts';
import { closeEditors, loupe, openText, resultsOf, select, showText, textAt, until } from './support.ts';

const first = 'I love this book.';
const second = 'The ending was terrible.';

describe('results in the editor', () => {
  let api: LoupeApi;
  before(async () => {
    api = await loupe();
  });
  afterEach(async () => {
    await vscode.commands.executeCommand('loupe.clearResults');
    await closeEditors();
  });

  const analysed = async () => {
    const editor = await openText(`Title\n\n${first} ${second}`);
    select(editor, `${first} ${second}`);
    await resultsOf(api, 'loupe.analyzeSentiment');
    return editor;
  };
  const drawn = (editor: vscode.TextEditor) =>
    api.drawings(editor.document.uri.toString()).map((span) => textAt(editor.document, span).trim());

  it('move with text typed before them', async () => {
    const editor = await analysed();
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), 'A much longer 🙂 title\n'));
    assert.deepEqual(drawn(editor), [first, second]);
  });

  it('go when their own sentence changes, and only then', async () => {
    const editor = await analysed();
    const at = editor.document.getText().indexOf('love');
    await editor.edit((edit) => edit.replace(new vscode.Range(2, at - 7, 2, at - 3), 'like'));
    assert.match(editor.document.getText(), /I like this book/);
    assert.deepEqual(drawn(editor), [second]);
    assert.equal(api.results()[0]?.anchor, undefined);
  });

  it('are gone after Clear Results', async () => {
    const editor = await analysed();
    await vscode.commands.executeCommand('loupe.clearResults');
    assert.deepEqual(api.results(), []);
    assert.deepEqual(drawn(editor), []);
  });

  it('are found again by a click after their document was closed, and keep what still fits', async () => {
    const folder = vscode.workspace.workspaceFolders![0]!.uri;
    const file = vscode.Uri.joinPath(folder, 'closed.txt');
    const write = (text: string) => vscode.workspace.fs.writeFile(file, new TextEncoder().encode(text));
    await write(`${first} ${second}`);
    await showText(await vscode.workspace.openTextDocument(file));
    const [tracked] = await resultsOf(api, 'loupe.analyzeSentiment');
    await closeEditors();
    await write(`${first} The ending was fine.`);
    await vscode.commands.executeCommand('loupe.revealResult', {
      kind: 'item',
      id: tracked!.run.id,
      index: 1,
    });
    const editor = vscode.window.activeTextEditor;
    assert.equal(editor?.document.uri.toString(), file.toString());
    assert.equal(editor.document.offsetAt(editor.selection.active), 0);
    // The editor may show the text as it was for a moment, until it has looked at the file.
    await until('the changed text', () => /fine/.test(editor.document.getText()) || undefined);
    assert.deepEqual(drawn(editor), [first]);
  });

  it('can be copied as JSON whose offsets fit the text, and as Markdown', async () => {
    const editor = await analysed();
    const { id } = api.results()[0]!.run;
    await vscode.commands.executeCommand('loupe.copyResultAsJson', id);
    const record = JSON.parse(await vscode.env.clipboard.readText()) as {
      readonly task: string;
      readonly results: readonly { readonly start: number; readonly end: number; readonly text: string }[];
    };
    assert.equal(record.task, 'sentiment');
    const text = `${first} ${second}`;
    for (const { start, end, text: slice } of record.results) assert.equal(slice, text.slice(start, end));
    await vscode.commands.executeCommand('loupe.copyResultAsMarkdown', { kind: 'run', id });
    assert.match(await vscode.env.clipboard.readText(), /^### Sentiment: /);
    assert.equal(editor.document.getText().includes('###'), false);
  });

  it('are removed one at a time', async () => {
    const editor = await analysed();
    await vscode.commands.executeCommand('loupe.analyzeSentiment');
    const [newest, older] = api.results();
    await vscode.commands.executeCommand('loupe.removeResult', newest!.run.id);
    assert.deepEqual(
      api.results().map(({ run }) => run.id),
      [older!.run.id],
    );
    assert.deepEqual(drawn(editor), [first, second]);
  });

  it('of a document that cannot be edited, and of a comparison, are drawn too', async () => {
    const provider = vscode.workspace.registerTextDocumentContentProvider('loupe-test', {
      provideTextDocumentContent: ({ path }) => (path.includes('old') ? 'It was bad.' : `${first} ${second}`),
    });
    try {
      const [left, right] = ['old', 'new'].map((name) => vscode.Uri.parse(`loupe-test:/${name}.txt`));
      const document = await vscode.workspace.openTextDocument(right!);
      const editor = await showText(document);
      await vscode.commands.executeCommand('loupe.analyzeSentiment');
      assert.deepEqual(drawn(editor), [first, second]);
      await vscode.commands.executeCommand('loupe.clearResults');
      await closeEditors();
      await vscode.commands.executeCommand('vscode.diff', left, right);
      const compared = vscode.window.activeTextEditor;
      assert.equal(compared?.document.uri.toString(), right!.toString());
      await vscode.commands.executeCommand('loupe.analyzeSentiment');
      assert.deepEqual(drawn(compared), [first, second]);
    } finally {
      provider.dispose();
    }
  });
});
