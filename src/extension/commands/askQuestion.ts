import * as vscode from 'vscode';
import type { AnalysisDeps, CommandHandler } from './commandDeps.ts';
import { isRecord, isSpan } from '../base/guards.ts';
import type { Wording } from '../base/wording.ts';
import type { Job } from '../inference/taskRunner.ts';
import { scrollTo } from '../results/reveal.ts';
import { findTargets, type Target } from '../text/editorTargets.ts';
import type { TextSpan } from '../../shared/textSpan.ts';

/**
 * Asks each selection (or the paragraph at the caret) one question; without one in the argument, asks the person
 * for it. With a question line of a document, asks the whole document.
 */
export function askQuestion({ jobs, runner, wording, announce }: AnalysisDeps): CommandHandler {
  let lastQuestion = '';
  const fromPerson = async (targets: readonly Target[], asked: string | undefined): Promise<Job[]> => {
    const question = asked ?? (await typeQuestion(targets, lastQuestion, wording));
    if (question === undefined) return [];
    lastQuestion = question;
    return targets.map((target) => jobs.question(target, question));
  };
  return async (argument) => {
    const work = isLineQuestion(argument)
      ? [jobs.documentQuestion(await openLineDocument(argument), argument.question, argument.line)]
      : await fromPerson(await findTargets(argument), questionOf(argument));
    if (work.length === 0) return;
    const runs = await runner.run(wording.t('Looking for an answer'), work);
    announce(runs);
    const [first] = runs;
    const best = first?.spans[0];
    if (first !== undefined && best !== undefined) scrollTo(first, best);
  };
}

interface LineQuestion {
  readonly uri: string;
  readonly question: string;
  readonly line: TextSpan;
}

function isLineQuestion(value: unknown): value is LineQuestion {
  return (
    isRecord(value) &&
    typeof value['uri'] === 'string' &&
    isSpan(value['line']) &&
    questionOf(value) !== undefined
  );
}

function questionOf(value: unknown): string | undefined {
  return isRecord(value) && typeof value['question'] === 'string' ? value['question'] : undefined;
}

function openLineDocument({ uri }: LineQuestion): Thenable<vscode.TextDocument> {
  return vscode.workspace.openTextDocument(vscode.Uri.parse(uri, true));
}

async function typeQuestion(
  targets: readonly Target[],
  last: string,
  { t }: Wording,
): Promise<string | undefined> {
  const characters = targets.reduce((sum, { span }) => sum + span.end - span.start, 0);
  const answer = await vscode.window.showInputBox({
    title: t('Ask a Question'),
    prompt:
      targets.length === 1
        ? t('The answer is looked for in the selected text or paragraph ({characters} characters).', {
            characters,
          })
        : t('The answer is looked for in each of {count} texts.', { count: targets.length }),
    placeHolder: t('For example: Who wrote this?'),
    value: last,
    valueSelection: [0, last.length],
    validateInput: (value) => (value.trim() === '' ? t('Type a question.') : undefined),
  });
  return answer?.trim();
}
