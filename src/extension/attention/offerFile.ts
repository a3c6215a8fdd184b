import path from 'node:path';
import * as vscode from 'vscode';
import type { Wording } from '../base/wording.ts';

/** Files that VS Code cannot show: to be found in their folder only. */
const opaque: ReadonlySet<string> = new Set(['.npz', '.pdf']);

/** Says that a file was written, and offers to open it or to show where it is. Does not wait for an answer. */
export function offerFile(uri: vscode.Uri, { t }: Wording): void {
  const open = t('Open');
  const reveal = t('Reveal');
  const extension = path.posix.extname(uri.path);
  const buttons = opaque.has(extension) ? [reveal] : [open, reveal];
  const text = t('Loupe: saved {file}', { file: path.posix.basename(uri.path) });
  void vscode.window.showInformationMessage(text, ...buttons).then(async (answer) => {
    if (answer === open) await openFile(uri, extension);
    if (answer === reveal) await revealFile(uri);
  });
}

async function openFile(uri: vscode.Uri, extension: string): Promise<void> {
  // A page is for the browser, where this machine has one.
  if (extension === '.html' && vscode.env.remoteName === undefined) await vscode.env.openExternal(uri);
  else await vscode.commands.executeCommand('vscode.open', uri);
}

async function revealFile(uri: vscode.Uri): Promise<void> {
  const isInWorkspace = vscode.workspace.getWorkspaceFolder(uri) !== undefined;
  const command = isInWorkspace ? 'revealInExplorer' : 'revealFileInOS';
  await vscode.commands.executeCommand(command, uri);
}
