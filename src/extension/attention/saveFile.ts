import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Wording } from '../base/wording.ts';

/**
 * The save dialog, with a name to start from in the document's workspace folder. A file that is there is chosen only
 * after the person was asked. Undefined: they changed their mind.
 */
export async function chooseFile(
  options: {
    readonly name: string;
    /** URI of the document that it is about. */
    readonly document: string | undefined;
    readonly title: string;
    readonly filters: Readonly<Record<string, readonly string[]>>;
  },
  wording: Wording,
): Promise<vscode.Uri | undefined> {
  const filters = Object.fromEntries(
    Object.entries(options.filters).map(([name, ends]) => [name, [...ends]]),
  );
  const chosen = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.joinPath(startFolder(options.document), options.name),
    filters,
    title: options.title,
  });
  if (chosen === undefined) return undefined;
  const wanted = path.extname(options.name);
  if (path.posix.extname(chosen.path) !== '') return chosen;
  // Some systems' dialogs give back the name as it was typed, and asked about that name only.
  const uri = chosen.with({ path: `${chosen.path}${wanted}` });
  return !(await exists(uri)) || (await mayReplace(uri, wording)) ? uri : undefined;
}

async function mayReplace(uri: vscode.Uri, { t }: Wording): Promise<boolean> {
  const replace = t('Replace');
  const answer = await vscode.window.showWarningMessage(
    t('{file} exists already. Replace it?', { file: path.posix.basename(uri.path) }),
    { modal: true },
    replace,
  );
  return answer === replace;
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch (error) {
    if (error instanceof vscode.FileSystemError && error.code === 'FileNotFound') return false;
    throw error;
  }
}

function startFolder(document: string | undefined): vscode.Uri {
  const uri = document === undefined ? undefined : vscode.Uri.parse(document, true);
  const folder = uri && vscode.workspace.getWorkspaceFolder(uri);
  return (folder ?? vscode.workspace.workspaceFolders?.[0])?.uri ?? vscode.Uri.file(os.homedir());
}
