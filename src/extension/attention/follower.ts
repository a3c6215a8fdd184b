import * as vscode from 'vscode';
import { covers, inPassage } from './passage.ts';
import { comparesModels, type PanelModel, type PanelSide } from './panelModel.ts';
import type { ModelChoice, SideFactory } from './sideFactory.ts';
import { debounce } from '../base/debounce.ts';
import { editorTargets, isPanelDocument, spanOf, type Target } from '../text/editorTargets.ts';
import type { AttentionCursor } from '../../shared/attentionPanel.ts';
import type { AttentionSource } from '../../shared/attentionProtocol.ts';
import { DisposableStore } from '../../shared/disposable.ts';
import type { TextSpan } from '../../shared/textSpan.ts';

/** Milliseconds a selection must rest before the panel follows it: each step costs an inference. */
const followRestMs = 400;
/** Milliseconds before the row under the cursor is chosen. */
const cursorRestMs = 40;

/**
 * Watches the cursor for one panel: tells the page which characters it stands at while it is inside the passage, and
 * moves a following panel on once it has left it. A selection inside the passage chooses tokens, it does not narrow the
 * text; the command does.
 */
export class Follower implements vscode.Disposable {
  readonly #disposables = new DisposableStore();
  readonly #model: PanelModel;
  readonly #sides: SideFactory;
  readonly #tell: (cursor: AttentionCursor) => void;
  readonly #isOnPage: (side: number) => boolean;
  #told: readonly (TextSpan | undefined)[] = [];
  /** Where the cursor was when the sides were last set: only a cursor that has moved since is followed. */
  #seen: string;
  #wasFollowing: boolean;

  constructor(parts: {
    readonly model: PanelModel;
    readonly sides: SideFactory;
    readonly tell: (cursor: AttentionCursor) => void;
    /** Whether the page has a side's tokens: before, it would look for the cursor in those of an earlier text. */
    readonly isOnPage: (side: number) => boolean;
  }) {
    this.#model = parts.model;
    this.#sides = parts.sides;
    this.#tell = parts.tell;
    this.#isOnPage = parts.isOnPage;
    const point = this.#disposables.add(debounce(cursorRestMs, () => this.#point()));
    const follow = this.#disposables.add(debounce(followRestMs, () => this.#follow()));
    this.#seen = cursorKey();
    this.#wasFollowing = parts.model.isFollowing;
    const onMove = () => {
      point();
      follow();
    };
    this.#disposables.add(vscode.window.onDidChangeTextEditorSelection(onMove));
    this.#disposables.add(vscode.window.onDidChangeActiveTextEditor(onMove));
    this.#disposables.add(
      parts.model.onDidChange(() => {
        const isSwitchedOn = parts.model.isFollowing && !this.#wasFollowing;
        this.#wasFollowing = parts.model.isFollowing;
        this.#seen = isSwitchedOn ? '' : cursorKey();
        onMove();
      }),
    );
  }

  /** Tells the cursor's place again: to a page that has heard nothing yet, or that has new tokens now. */
  tellAgain(): void {
    this.#told = [];
    this.#point();
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #point(): void {
    const editor = vscode.window.activeTextEditor;
    // The panel itself has the focus: the cursor stays where it was.
    if (editor === undefined) return;
    this.#told = this.#model.sides.map((side, index) => {
      if (!this.#isOnPage(index)) return undefined;
      const span = cursorIn(editor, side);
      const before = this.#told[index];
      if (span?.start !== before?.start || span?.end !== before?.end) this.#tell({ side: index, span });
      return span;
    });
  }

  #follow(): void {
    const editor = vscode.window.activeTextEditor;
    const [first, second] = this.#model.sides;
    if (!this.#model.isFollowing || editor === undefined || first === undefined) return;
    const key = cursorKey();
    if (key === this.#seen || isPanelDocument(editor.document)) return;
    this.#seen = key;
    // The text that the first is compared with: the cursor there chooses tokens, it does not make it the first text too.
    if (second && !comparesModels([first, second]) && isInside(editor, second)) return;
    const target = nextTarget(editor, first);
    if (target === undefined) return;
    const side = this.#sides.ofTarget(target, modelOf(first.source));
    if (second === undefined) this.#model.setSides([side]);
    else if (comparesModels([first, second]))
      this.#model.setSides([side, this.#sides.ofTarget(target, modelOf(second.source))]);
    else this.#model.setSides([side, second]);
  }
}

function modelOf({ model, task, question }: AttentionSource): ModelChoice {
  return {
    model,
    ...(task === undefined ? {} : { task }),
    ...(question === undefined ? {} : { question }),
  };
}

function isInside({ document, selection }: vscode.TextEditor, { passage }: PanelSide): boolean {
  if (passage?.isIntact !== true || passage.document.uri !== document.uri.toString()) return false;
  return covers(passage, spanOf(document, selection));
}

/** What the panel should show for the cursor's place; undefined: what it shows now, or nothing is there. */
function nextTarget(editor: vscode.TextEditor, { passage }: PanelSide): Target | undefined {
  const { document, selection } = editor;
  const isHere = passage?.document.uri === document.uri.toString();
  if (isHere && covers(passage, spanOf(document, selection))) {
    if (passage.isIntact) return undefined;
    return withText({ document, span: passage.place });
  }
  return withText(editorTargets(editor)[0]);
}

function withText(target: Target | undefined): Target | undefined {
  if (target === undefined) return undefined;
  const { document, span } = target;
  return document.getText().slice(span.start, span.end).trim() === '' ? undefined : target;
}

/** The characters that the cursor means in a side's text: the selection, else the word around it. */
function cursorIn({ document, selection }: vscode.TextEditor, { passage }: PanelSide): TextSpan | undefined {
  if (passage?.document.uri !== document.uri.toString()) return undefined;
  const word = selection.isEmpty ? document.getWordRangeAtPosition(selection.active) : undefined;
  return inPassage(passage, spanOf(document, word ?? selection));
}

function cursorKey(): string {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) return '';
  const { start, end } = spanOf(editor.document, editor.selection);
  return `${editor.document.uri.toString()} ${start} ${end} ${editor.document.version}`;
}
