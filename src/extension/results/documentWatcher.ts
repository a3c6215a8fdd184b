import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../shared/disposable.ts';
import type { RunStore } from './runStore.ts';

/** Tells the store what happens to documents: edits move results, and reopened documents are compared. */
export function watchDocuments(store: RunStore): Disposable {
  const disposables = new DisposableStore();
  disposables.add(
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      const changes = contentChanges.map(({ rangeOffset, rangeLength, text }) => ({
        start: rangeOffset,
        removed: rangeLength,
        inserted: text.length,
      }));
      store.changeDocument(document.uri.toString(), changes, () => document.getText());
    }),
  );
  disposables.add(
    vscode.workspace.onDidOpenTextDocument((document) => {
      const uri = document.uri.toString();
      if (store.ofDocument(uri).length > 0) store.verifyDocument(uri, document.getText());
    }),
  );
  return disposables;
}
