import * as vscode from 'vscode';
import type { CommandHandler } from './commandDeps.ts';
import type { AttentionPanels } from '../attention/attentionPanels.ts';
import type { PanelSide } from '../attention/panelModel.ts';
import type { SideFactory } from '../attention/sideFactory.ts';
import { isRecord, isSpan } from '../base/guards.ts';
import { findTargets } from '../text/editorTargets.ts';
import { findQuestionLines } from '../text/questionLines.ts';
import { LoupeError } from '../../shared/errors.ts';

export interface AttentionDeps {
  readonly panels: AttentionPanels;
  readonly sides: SideFactory;
}

/** Shows the attention over the text that the argument or the editor means. */
export function showAttention({ panels, sides }: AttentionDeps): CommandHandler {
  return async (argument) => {
    panels.show(await sideFor(argument, sides));
  };
}

/**
 * The range that a CodeLens names, the first selection, or the paragraph at the caret. A question line means its
 * question and the whole document, a question beside a range both. Throws LoupeError `text-empty`.
 */
export async function sideFor(argument: unknown, sides: SideFactory): Promise<PanelSide> {
  if (isRecord(argument) && typeof argument['question'] === 'string') {
    const { uri, question } = argument;
    if (typeof uri === 'string' && isSpan(argument['line']))
      return sides.ofQuestionLine(await openByUri(uri), question);
    return sides.ofQuestion(await firstTarget(argument), question);
  }
  const target = await firstTarget(argument);
  const { document, span } = target;
  const text = document.getText().slice(span.start, span.end);
  const [line] = findQuestionLines(text);
  return line !== undefined && line.end - line.start === text.trim().length
    ? sides.ofQuestionLine(document, line.question)
    : sides.ofTarget(target);
}

async function firstTarget(argument: unknown) {
  const [target] = await findTargets(argument);
  if (target === undefined) throw new LoupeError('text-empty');
  return target;
}

function openByUri(uri: string): Thenable<vscode.TextDocument> {
  return vscode.workspace.openTextDocument(vscode.Uri.parse(uri, true));
}
