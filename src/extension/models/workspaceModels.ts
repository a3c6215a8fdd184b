import path from 'node:path';
import * as vscode from 'vscode';

/** Files looked at in a workspace at most: enough for any real collection, and it ends on a huge one. */
const foundFiles = 200;

/** Folders of the workspace that hold ONNX weights, and so perhaps a model. None in Restricted Mode. */
export async function workspaceModelFolders(): Promise<readonly string[]> {
  if (!vscode.workspace.isTrusted) return [];
  const files = await vscode.workspace.findFiles('**/*.onnx', '**/{node_modules,.git}/**', foundFiles);
  const folders = files
    .filter((file) => file.scheme === 'file')
    .map((file) => path.dirname(file.fsPath))
    .map((folder) => (path.basename(folder) === 'onnx' ? path.dirname(folder) : folder));
  return [...new Set(folders)].sort();
}

/** A folder as a reference relative to its workspace folder; undefined outside of the workspace. */
export function relativeReference(directory: string): string | undefined {
  const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(directory));
  // Relative references start at the first folder when a window-wide setting names them.
  if (folder === undefined || folder.index !== 0 || folder.uri.scheme !== 'file') return undefined;
  const relative = path.relative(folder.uri.fsPath, directory);
  return relative === '' ? undefined : `./${relative.split(path.sep).join('/')}`;
}
