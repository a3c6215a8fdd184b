import * as vscode from 'vscode';
import type { Wording } from '../base/wording.ts';
import type { TrackedRun } from '../results/run.ts';
import { answerInOneLine, taskTitle } from '../results/summary.ts';

/** Milliseconds an announcement stays in the status bar. */
const shownMs = 8_000;

/**
 * Says in the status bar what came out, which screen readers read too. That a text holds no answer is worth a
 * message: nothing in the text shows it.
 */
export function createAnnouncer(wording: Wording): (runs: readonly TrackedRun[]) => void {
  const { t } = wording;
  return (runs) => {
    const [first] = runs;
    if (first === undefined) return;
    const answer = `${taskTitle(first.run.request.task, wording)}: ${answerInOneLine(first.run.response, wording)}`;
    const text =
      runs.length === 1
        ? answer
        : t('{answer} (and {count} more results)', { answer, count: runs.length - 1 });
    vscode.window.setStatusBarMessage(`$(search) ${text}`, shownMs);
    for (const { run } of runs) {
      if (run.request.task !== 'question-answering' || run.response.results.length > 0) continue;
      const { question } = run.request;
      void vscode.window.showInformationMessage(
        t('Loupe: this text holds no answer to “{question}”.', { question }),
      );
    }
  };
}
