import * as vscode from 'vscode';
import { debounce } from '../base/debounce.ts';
import { DisposableStore } from '../../shared/disposable.ts';
import type { Wording } from '../base/wording.ts';
import { rangeOf, spanOf } from '../text/editorTargets.ts';
import { createDecorationType } from './decorationStyles.ts';
import { drawingsOf, type Drawing, type DrawingStyle } from './drawings.ts';
import { showsLabelsAsHints } from './labelHints.ts';
import { drawnRuns, type RunStore } from './runStore.ts';
import { overlaps } from './shiftSpan.ts';
import type { TextSpan } from '../../shared/textSpan.ts';

/** Above this many ranges in a document only those near the visible part are handed to the editor. */
const eagerDrawings = 2_000;
/** Lines above and below the visible part that count as near. */
const nearLines = 200;

/** Draws the results into every visible editor of their documents, and keeps them where they belong. */
export class DecorationPainter implements vscode.Disposable {
  readonly #disposables = new DisposableStore();
  readonly #types = new Map<DrawingStyle, vscode.TextEditorDecorationType>();
  readonly #store: RunStore;
  readonly #wording: Wording;

  constructor(store: RunStore, wording: Wording) {
    this.#store = store;
    this.#wording = wording;
    const soon = this.#disposables.add(debounce(20, () => this.#paintAll()));
    this.#disposables.add(store.onDidChange(soon));
    this.#disposables.add(vscode.window.onDidChangeVisibleTextEditors(soon));
    this.#disposables.add(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('editor.inlayHints')) soon();
      }),
    );
    this.#disposables.add(
      vscode.window.onDidChangeTextEditorVisibleRanges(({ textEditor }) => {
        if (this.#isLarge(textEditor.document)) soon();
      }),
    );
  }

  /** What is drawn in a document, in order of the runs, newest first. */
  drawings(uri: string): Drawing[] {
    return drawnRuns(this.#store.ofDocument(uri)).flatMap((tracked) => drawingsOf(tracked, this.#wording));
  }

  dispose(): void {
    this.#disposables.dispose();
    for (const type of this.#types.values()) type.dispose();
  }

  #isLarge(document: vscode.TextDocument): boolean {
    const runs = this.#store.ofDocument(document.uri.toString());
    return runs.reduce((sum, { spans }) => sum + spans.length, 0) > eagerDrawings;
  }

  #paintAll(): void {
    for (const editor of vscode.window.visibleTextEditors) this.#paint(editor);
  }

  #paint(editor: vscode.TextEditor): void {
    const isWanted = this.#isLarge(editor.document) ? isNear(editor) : undefined;
    const near = drawnRuns(this.#store.ofDocument(editor.document.uri.toString())).flatMap((tracked) =>
      drawingsOf(tracked, this.#wording, isWanted),
    );
    const isLabelled = !showsLabelsAsHints(editor.document);
    for (const style of new Set([...this.#types.keys(), ...near.map((drawing) => drawing.style)])) {
      const drawings = near.filter((drawing) => drawing.style === style);
      editor.setDecorations(
        this.#typeOf(style),
        drawings.map((drawing) => optionsOf(editor.document, drawing, isLabelled)),
      );
    }
  }

  /** Types are made when first drawn: activation makes none. */
  #typeOf(style: DrawingStyle): vscode.TextEditorDecorationType {
    const known = this.#types.get(style);
    if (known !== undefined) return known;
    const type = createDecorationType(style);
    this.#types.set(style, type);
    return type;
  }
}

function isNear(editor: vscode.TextEditor): (span: TextSpan) => boolean {
  const { document, visibleRanges } = editor;
  const spans = visibleRanges.map(({ start, end }) =>
    spanOf(
      document,
      new vscode.Range(Math.max(0, start.line - nearLines), 0, end.line + nearLines, Number.MAX_SAFE_INTEGER),
    ),
  );
  return (part) => spans.some((span) => overlaps(span, part));
}

function optionsOf(
  document: vscode.TextDocument,
  drawing: Drawing,
  isLabelled: boolean,
): vscode.DecorationOptions {
  const range = rangeOf(document, drawing);
  return isLabelled ? { range, renderOptions: { after: { contentText: drawing.label } } } : { range };
}
