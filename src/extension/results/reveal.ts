import * as vscode from 'vscode';
import { rangeOf } from '../text/editorTargets.ts';
import { showDocument } from '../text/documents.ts';
import type { TrackedRun } from './run.ts';
import type { TextSpan } from '../../shared/textSpan.ts';

/** Shows a span of a run's document, opening the document if need be. Throws LoupeError `document-gone`. */
export async function revealSpan({ run }: TrackedRun, span: TextSpan): Promise<void> {
  const editor = await showDocument(run.source);
  if (editor === undefined) return;
  const range = rangeOf(editor.document, span);
  // The caret only: a selection would hide the colours of the result.
  editor.selection = new vscode.Selection(range.start, range.start);
  editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}

/** Where to look for a result: its part where that still is, else the best answer, else the analysed text. */
export function spanToReveal({ run, spans, place }: TrackedRun, index: number | undefined): TextSpan {
  const best = run.request.task === 'question-answering' ? spans[0] : undefined;
  return (index === undefined ? best : spans[index]) ?? place;
}

/** Scrolls to an answer in the editor that already shows its document; never moves the caret or the focus. */
export function scrollTo(tracked: TrackedRun, span: TextSpan): void {
  const { uri } = tracked.run.source;
  for (const editor of vscode.window.visibleTextEditors) {
    if (editor.document.uri.toString() !== uri) continue;
    editor.revealRange(rangeOf(editor.document, span), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  }
}
