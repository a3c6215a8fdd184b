import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commandIds } from '../../src/shared/ids.ts';
import { closeEditors, loupe, until } from './support.ts';

describe('a freshly opened window', () => {
  it('has Loupe active without a process, and every command is there', async () => {
    const api = await loupe();
    assert.equal(api.version, 1);
    const known = await vscode.commands.getCommands(true);
    assert.deepEqual(
      Object.values(commandIds).filter((id) => !known.includes(id)),
      [],
    );
  });

  it('opens the welcome document, with something to click above every paragraph and question', async () => {
    await loupe();
    await vscode.commands.executeCommand('loupe.openWelcome');
    const editor = await until('the welcome document', () => {
      const active = vscode.window.activeTextEditor;
      return active?.document.fileName.endsWith('welcome.md') === true ? active : undefined;
    });
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      editor.document.uri,
    );
    const titles = lenses.map(({ command }) => command?.title);
    assert.equal(titles.filter((title) => title === '$(question) Answer from this document').length, 3);
    assert.ok(titles.filter((title) => title === '$(smiley) Sentiment').length > 10);
    await closeEditors();
  });
});
