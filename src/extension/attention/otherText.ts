import * as vscode from 'vscode';
import type { PanelSide } from './panelModel.ts';
import type { ModelChoice, SideFactory } from './sideFactory.ts';
import { snippet, type Wording } from '../base/wording.ts';
import { editorTargets, isMarkdown, type Target } from '../text/editorTargets.ts';
import { findParagraphs } from '../text/paragraphs.ts';
import { isQuestionLine } from '../text/questionLines.ts';

/** Paragraphs offered at most; any other text can be selected in the editor before. */
const offeredParagraphs = 500;

interface Row extends vscode.QuickPickItem {
  readonly choose?: () => Promise<PanelSide | undefined>;
}

/**
 * Lets the person choose the text to compare with: what is selected in the editor, a paragraph of the same document,
 * or one typed now. Undefined when they changed their mind.
 */
export async function chooseOtherText(
  first: PanelSide,
  sides: SideFactory,
  { t }: Wording,
): Promise<PanelSide | undefined> {
  const { model, task, text, question } = first.source;
  // A pair is compared with a pair: the same question, put to the other text.
  const choice: ModelChoice = {
    model,
    ...(task === undefined ? {} : { task }),
    ...(question === undefined ? {} : { question }),
  };
  const row = (target: Target, description: string): Row => ({
    label: snippet(textOf(target), 80),
    description,
    choose: () => Promise.resolve(sides.ofTarget(target, choice)),
  });
  const isOther = (target: Target) => textOf(target) !== text && textOf(target).trim() !== '';
  const editor = vscode.window.activeTextEditor ?? visibleEditorOf(first);
  const selected = editor === undefined ? [] : editorTargets(editor).filter(isOther);
  const paragraphs = paragraphsOf(first).filter(isOther).slice(0, offeredParagraphs);
  const rows: Row[] = [
    ...selected.map((target) => row(target, t('selected'))),
    { label: `$(edit) ${t('Type a text…')}`, choose: () => typeText(sides, choice, t) },
    { label: t('Paragraphs'), kind: vscode.QuickPickItemKind.Separator },
    ...paragraphs.map((target) => {
      const line = target.document.positionAt(target.span.start).line + 1;
      return row(target, t('line {line}', { line }));
    }),
  ];
  const title = t('Compare Attention: with which text?');
  return (await vscode.window.showQuickPick(rows, { title, matchOnDescription: true }))?.choose?.();
}

async function typeText(
  sides: SideFactory,
  choice: ModelChoice,
  t: Wording['t'],
): Promise<PanelSide | undefined> {
  const text = await vscode.window.showInputBox({
    title: t('Compare Attention: with which text?'),
    validateInput: (value) => (value.trim() === '' ? t('Type a text.') : undefined),
  });
  return text === undefined ? undefined : sides.ofText(text, choice);
}

function textOf({ document, span }: Target): string {
  return document.getText().slice(span.start, span.end);
}

/** The panel has the focus when its own button was clicked: no editor is active then. */
function visibleEditorOf({ passage }: PanelSide): vscode.TextEditor | undefined {
  return vscode.window.visibleTextEditors.find(
    ({ document }) => document.uri.toString() === passage?.document.uri,
  );
}

function paragraphsOf({ passage }: PanelSide): Target[] {
  const document = vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === passage?.document.uri);
  if (document === undefined) return [];
  const options = { markdown: isMarkdown(document), isolated: isQuestionLine };
  return findParagraphs(document.getText(), options).map((span) => ({ document, span }));
}
