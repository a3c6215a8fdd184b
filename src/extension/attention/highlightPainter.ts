import * as vscode from 'vscode';
import { highlightLevels, spansByLevel } from './highlightLevels.ts';
import type { PanelModel } from './panelModel.ts';
import { throttle } from '../base/throttle.ts';
import { rangeOf } from '../text/editorTargets.ts';
import type { AttentionHighlight } from '../../shared/attentionPanel.ts';
import type { AttentionSource } from '../../shared/attentionProtocol.ts';
import { DisposableStore } from '../../shared/disposable.ts';
import { colorIds } from '../../shared/ids.ts';
import type { TextSpan } from '../../shared/textSpan.ts';

/** Milliseconds between two paintings at most: the mouse passes over tokens faster than editors draw. */
const frameMs = 30;
const levelColors = ['attention1', 'attention2', 'attention3', 'attention4'] as const;

/** Tints in the document what the mouse points at in one panel. */
export class HighlightPainter implements vscode.Disposable {
  readonly #disposables = new DisposableStore();
  readonly #model: PanelModel;
  readonly #types: readonly vscode.TextEditorDecorationType[];
  readonly #paintSoon: () => void;
  #highlights: readonly (AttentionHighlight & { readonly source: AttentionSource })[] = [];

  constructor(model: PanelModel) {
    this.#model = model;
    this.#types = levelColors.map((id, level) => this.#disposables.add(decorationType(id, level)));
    this.#paintSoon = this.#disposables.add(throttle(frameMs, () => this.#paint()));
    this.#disposables.add(vscode.window.onDidChangeVisibleTextEditors(this.#paintSoon));
    this.#disposables.add(model.onDidChange(this.#paintSoon));
  }

  /** Replaces what is lit up for one side. */
  set(highlight: AttentionHighlight): void {
    const source = this.#model.sides[highlight.side]?.source;
    if (source === undefined) return;
    const others = this.#highlights.filter(({ side }) => side !== highlight.side);
    this.#highlights = [...others, { ...highlight, source }];
    this.#paintSoon();
  }

  clear(): void {
    if (this.#highlights.length === 0) return;
    this.#highlights = [];
    this.#paintSoon();
  }

  /** What is lit up in a document, strongest last. */
  spansIn(uri: string): readonly TextSpan[] {
    return this.#levelsIn(uri).flat();
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #paint(): void {
    for (const editor of vscode.window.visibleTextEditors) {
      const levels = this.#levelsIn(editor.document.uri.toString());
      this.#types.forEach((type, level) =>
        editor.setDecorations(
          type,
          (levels[level] ?? []).map((span) => rangeOf(editor.document, span)),
        ),
      );
    }
  }

  #levelsIn(uri: string): readonly TextSpan[][] {
    const levels: TextSpan[][] = Array.from({ length: highlightLevels }, () => []);
    for (const { side, spans, source } of this.#highlights) {
      const shown = this.#model.sides[side];
      // The panel went on to another text: what was lit up in the last one means nothing in this.
      if (shown?.source.text !== source.text || shown.passage?.document.uri !== uri) continue;
      const { passage } = shown;
      spansByLevel(passage, spans).forEach((found, level) => levels[level]?.push(...found));
    }
    return levels;
  }
}

/** The strongest has a frame: tints alone are hard to tell apart in high contrast themes. */
function decorationType(id: (typeof levelColors)[number], level: number): vscode.TextEditorDecorationType {
  const isStrongest = level === highlightLevels - 1;
  return vscode.window.createTextEditorDecorationType({
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
    backgroundColor: new vscode.ThemeColor(colorIds[id]),
    borderRadius: '2px',
    ...(isStrongest
      ? { border: '1px solid', borderColor: new vscode.ThemeColor(colorIds.attentionBorder) }
      : {}),
  });
}
