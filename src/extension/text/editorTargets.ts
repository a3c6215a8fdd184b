import * as vscode from 'vscode';
import { findParagraphs, paragraphAt } from './paragraphs.ts';
import { isQuestionLine } from './questionLines.ts';
import { isRecord, isSpan } from '../base/guards.ts';
import { LoupeError } from '../../shared/errors.ts';
import type { TextSpan } from '../../shared/textSpan.ts';

/** Documents of these schemes are shown in panels, not read. */
const panelSchemes: ReadonlySet<string> = new Set(['output', 'comment', 'vscode-interactive-input', 'debug']);

/** A stretch of a document that a command works on. */
export interface Target {
  readonly document: vscode.TextDocument;
  readonly span: TextSpan;
}

/** What a CodeLens hands to a command. */
export interface TargetArgument {
  readonly uri: string;
  readonly span: TextSpan;
}

/**
 * What a command works on: the range a CodeLens names, else each selection of the active editor (the paragraph at
 * the caret where nothing is selected), else the selected cells of the active notebook.
 * Throws LoupeError `text-empty` when there is nothing of the kind.
 */
export async function findTargets(argument: unknown): Promise<Target[]> {
  if (isTargetArgument(argument)) {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(argument.uri, true));
    return [{ document, span: argument.span }];
  }
  const editor = vscode.window.activeTextEditor;
  const targets = editor === undefined ? selectedCells() : editorTargets(editor);
  if (targets.length === 0) throw new LoupeError('text-empty');
  return targets;
}

export function isTargetArgument(value: unknown): value is TargetArgument {
  return isRecord(value) && typeof value['uri'] === 'string' && isSpan(value['span']);
}

export function isMarkdown(document: vscode.TextDocument): boolean {
  return document.languageId === 'markdown';
}

/** Logs, consoles and comment boxes: Loupe offers nothing there by itself. */
export function isPanelDocument({ uri }: vscode.TextDocument): boolean {
  return panelSchemes.has(uri.scheme);
}

/** The editor's selections as spans, in order of the text, each once. */
export function editorTargets({ document, selections }: vscode.TextEditor): Target[] {
  const text = document.getText();
  const paragraphs = () => findParagraphs(text, { markdown: isMarkdown(document), isolated: isQuestionLine });
  const spans = selections.flatMap((selection) => {
    if (!selection.isEmpty) return [spanOf(document, selection)];
    const paragraph = paragraphAt(paragraphs(), text, document.offsetAt(selection.active));
    return paragraph === undefined ? [] : [paragraph];
  });
  const distinct = new Map(spans.map((span) => [`${span.start} ${span.end}`, span]));
  return [...distinct.values()].sort((a, b) => a.start - b.start).map((span) => ({ document, span }));
}

/** The whole text of each selected cell: a notebook in command mode has no active text editor. */
function selectedCells(): Target[] {
  const editor = vscode.window.activeNotebookEditor;
  if (editor === undefined) return [];
  return editor.selections
    .flatMap((range) => editor.notebook.getCells(range))
    .map(({ document }) => ({ document, span: { start: 0, end: document.getText().length } }));
}

export function spanOf(document: vscode.TextDocument, range: vscode.Range): TextSpan {
  return { start: document.offsetAt(range.start), end: document.offsetAt(range.end) };
}

export function rangeOf(document: vscode.TextDocument, span: TextSpan): vscode.Range {
  return new vscode.Range(document.positionAt(span.start), document.positionAt(span.end));
}
