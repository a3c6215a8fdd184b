import * as vscode from 'vscode';
import { LoupeError } from '../../shared/errors.ts';
import type { DocumentName } from '../results/run.ts';

/** How a document is called in lists, and what it takes to find it again. */
export function describeDocument(document: vscode.TextDocument): DocumentName {
  const uri = document.uri.toString();
  for (const notebook of vscode.workspace.notebookDocuments) {
    const cell = notebook.getCells().find((candidate) => candidate.document === document);
    if (cell === undefined) continue;
    const name = `${baseName(notebook.uri)} [${cell.index + 1}]`;
    return { uri, name, cell: { notebook: notebook.uri.toString(), index: cell.index } };
  }
  return { uri, name: baseName(document.uri) };
}

/** Opens a run's document for reading. Throws LoupeError `document-gone` when it cannot be had any more. */
export async function openDocument(source: DocumentName): Promise<vscode.TextDocument> {
  const isSource = (document: vscode.TextDocument) => document.uri.toString() === source.uri;
  const open = vscode.workspace.textDocuments.find(isSource);
  if (open !== undefined) return open;
  const uri = vscode.Uri.parse(source.uri, true);
  // An untitled document that was closed opens as a new, empty one: not the text that was analysed.
  if (uri.scheme === 'untitled') throw new LoupeError('document-gone', { name: source.name });
  try {
    if (source.cell === undefined) return await vscode.workspace.openTextDocument(uri);
    const notebook = await vscode.workspace.openNotebookDocument(
      vscode.Uri.parse(source.cell.notebook, true),
    );
    const cells = notebook.getCells();
    const cell = cells.find(({ document }) => isSource(document)) ?? cells[source.cell.index];
    if (cell !== undefined) return cell.document;
  } catch (error) {
    throw new LoupeError('document-gone', { name: source.name }, { cause: error });
  }
  throw new LoupeError('document-gone', { name: source.name });
}

/** As `openDocument`; undefined instead of an error. */
export async function tryToOpenDocument(name: DocumentName): Promise<vscode.TextDocument | undefined> {
  try {
    return await openDocument(name);
  } catch (error) {
    if (error instanceof LoupeError && error.code === 'document-gone') return undefined;
    throw error;
  }
}

/** Shows a run's document and returns its editor; undefined when a notebook has not drawn the cell's editor. */
export async function showDocument(source: DocumentName): Promise<vscode.TextEditor | undefined> {
  const document = await openDocument(source);
  if (source.cell === undefined) return await vscode.window.showTextDocument(document);
  const cell = vscode.workspace.notebookDocuments
    .flatMap((notebook) => notebook.getCells())
    .find((candidate) => candidate.document === document);
  if (cell === undefined) throw new LoupeError('document-gone', { name: source.name });
  const range = new vscode.NotebookRange(cell.index, cell.index + 1);
  const editor = await vscode.window.showNotebookDocument(cell.notebook, { selections: [range] });
  editor.revealRange(range, vscode.NotebookEditorRevealType.InCenterIfOutsideViewport);
  return vscode.window.visibleTextEditors.find((candidate) => candidate.document === document);
}

function baseName(uri: vscode.Uri): string {
  return uri.path.split('/').at(-1) ?? uri.toString();
}
