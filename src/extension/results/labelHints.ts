import * as vscode from 'vscode';
import { DisposableStore } from '../../shared/disposable.ts';
import type { Wording } from '../base/wording.ts';
import { spanOf } from '../text/editorTargets.ts';
import { drawingsOf } from './drawings.ts';
import { drawnRuns, type RunStore } from './runStore.ts';

/** A line is broken where its text and its inlay hints need it; text attached to decorations just pushes it out of sight. */
export function showsLabelsAsHints(document: vscode.TextDocument): boolean {
  const enabled = vscode.workspace.getConfiguration('editor.inlayHints', document).get<unknown>('enabled');
  return enabled === 'on' || enabled === 'onUnlessPressed';
}

/**
 * The labels behind sentences, answers and entities as inlay hints, which wrap with the line. Where the person has
 * switched inlay hints off, the decorations carry the labels instead.
 */
export class LabelHintsProvider implements vscode.InlayHintsProvider, vscode.Disposable {
  readonly #disposables = new DisposableStore();
  readonly #changed = this.#disposables.add(new vscode.EventEmitter<void>());
  readonly onDidChangeInlayHints = this.#changed.event;
  readonly #store: RunStore;
  readonly #wording: Wording;

  constructor(store: RunStore, wording: Wording) {
    this.#store = store;
    this.#wording = wording;
    this.#disposables.add(store.onDidChange(() => this.#changed.fire()));
  }

  provideInlayHints(document: vscode.TextDocument, range: vscode.Range): vscode.InlayHint[] {
    if (!showsLabelsAsHints(document)) return [];
    const asked = spanOf(document, range);
    return drawnRuns(this.#store.ofDocument(document.uri.toString()))
      .flatMap((tracked) =>
        drawingsOf(tracked, this.#wording, ({ end }) => end >= asked.start && end <= asked.end),
      )
      .map(({ end, label }) => {
        const hint = new vscode.InlayHint(document.positionAt(end), label);
        hint.paddingLeft = true;
        return hint;
      });
  }

  dispose(): void {
    this.#disposables.dispose();
  }
}
