import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { LoupeApi } from '../../src/extension/api.ts';
import type { TrackedRun } from '../../src/extension/results/run.ts';

/** The extension under test, activated. */
export async function loupe(): Promise<LoupeApi> {
  const extension = vscode.extensions.getExtension<LoupeApi>('loupe.loupe');
  assert.ok(extension, 'the extension is not there');
  return extension.activate();
}

const extensions = { plaintext: 'txt', markdown: 'md', javascript: 'js' } as const;

/**
 * Writes a file of the workspace with this text and opens it. Each has a name of its own: a new untitled document may
 * get the name, and from its backup the text, of one that was just closed.
 */
export async function openText(
  content: string,
  language: keyof typeof extensions = 'plaintext',
): Promise<vscode.TextEditor> {
  const folder = vscode.workspace.workspaceFolders![0]!.uri;
  const file = vscode.Uri.joinPath(folder, `test-${randomUUID()}.${extensions[language]}`);
  await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(content));
  return showText(await vscode.workspace.openTextDocument(file));
}

/** Opens a document that is not saved anywhere. */
export async function openUntitled(content: string): Promise<vscode.TextEditor> {
  return showText(await vscode.workspace.openTextDocument({ content, language: 'plaintext' }));
}

/** Shows a document and waits until it is the active one: `showTextDocument` may resolve a moment before. */
export async function showText(document: vscode.TextDocument): Promise<vscode.TextEditor> {
  const editor = await vscode.window.showTextDocument(document);
  await until(
    'the editor to be active',
    () => vscode.window.activeTextEditor?.document === document || undefined,
  );
  return editor;
}

/** Closes every editor without asking whether to save. */
export async function closeEditors(): Promise<void> {
  const tabs = () => vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  await until('all editors to close', async () => {
    if (tabs().length === 0) return true;
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    return undefined;
  });
}

/** Selects the first occurrence of each text. */
export function select(editor: vscode.TextEditor, ...texts: readonly string[]): void {
  const content = editor.document.getText();
  editor.selections = texts.map((text) => {
    const start = content.indexOf(text);
    assert.ok(start >= 0, text);
    const end = editor.document.positionAt(start + text.length);
    return new vscode.Selection(editor.document.positionAt(start), end);
  });
}

/** Runs a command and returns the results it added, in order of their numbers. */
export async function resultsOf(api: LoupeApi, command: string, argument?: unknown): Promise<TrackedRun[]> {
  const last = api.results()[0]?.run.id ?? 0;
  await vscode.commands.executeCommand(command, argument);
  return api
    .results()
    .filter(({ run }) => run.id > last)
    .toReversed();
}

/** Polls until `probe` gives something; fails with `what` after ten seconds. */
export async function until<T>(
  what: string,
  probe: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const end = Date.now() + 10_000;
  for (;;) {
    const found = await probe();
    if (found !== undefined) return found;
    assert.ok(Date.now() < end, `waited too long for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/**
 * What the extension says in messages while `work` runs. The messages are swallowed: nobody is there to click; `answer`
 * names the button to press.
 */
export async function messagesDuring(work: () => PromiseLike<unknown>, answer?: string): Promise<string[]> {
  const said: string[] = [];
  const window = vscode.window as unknown as Record<string, unknown>;
  const names = ['showInformationMessage', 'showWarningMessage', 'showErrorMessage'];
  const originals = names.map((name) => window[name]);
  for (const name of names)
    window[name] = (text: string, ...buttons: string[]) => {
      said.push(text);
      return Promise.resolve(buttons.find((button) => button === answer));
    };
  try {
    await work();
  } finally {
    names.forEach((name, index) => (window[name] = originals[index]));
  }
  return said;
}

/** The text that a span covers in a document. */
export function textAt(
  document: vscode.TextDocument,
  span: { start: number; end: number } | undefined,
): string {
  return span === undefined ? '(gone)' : document.getText().slice(span.start, span.end);
}

/** Sets a setting for the time of `work`. */
export async function withSetting(id: string, value: unknown, work: () => Promise<void>): Promise<void> {
  const configuration = vscode.workspace.getConfiguration();
  await configuration.update(id, value, vscode.ConfigurationTarget.Global);
  try {
    await work();
  } finally {
    await vscode.workspace.getConfiguration().update(id, undefined, vscode.ConfigurationTarget.Global);
  }
}
