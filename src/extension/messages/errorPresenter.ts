import { inspect } from 'node:util';
import * as vscode from 'vscode';
import { errorText, warningText } from './texts.ts';
import type { Journal } from './journal.ts';
import type { Wording } from '../base/wording.ts';
import { LoupeError, type ErrorCode } from '../../shared/errors.ts';
import { commandIds } from '../../shared/ids.ts';
import type { TaskWarning } from '../../shared/taskProtocol.ts';

/** A button under a message. */
interface Action {
  readonly title: string;
  readonly command: string;
}

/** Tells the person what went wrong, once, in words, with what can be done about it. Everything is logged too. */
export class ErrorPresenter {
  readonly #journal: Journal;
  readonly #wording: Wording;
  readonly #toldWarnings = new Set<string>();

  constructor(journal: Journal, wording: Wording) {
    this.#journal = journal;
    this.#wording = wording;
  }

  /** Shows an error; a cancellation is only logged. Does not wait for the person's answer. */
  show(thrown: unknown): void {
    const error = LoupeError.from(thrown);
    if (error.code === 'cancelled') {
      this.#journal.write('info', 'Cancelled.');
      return;
    }
    this.#journal.write('error', `${error.code}: ${error.message}${causeOf(error)}`);
    const actions = this.#actionsFor(error.code);
    const text = `Loupe: ${errorText(error, this.#wording)}`;
    const show =
      error.code === 'setting-invalid' || error.code === 'text-empty' || error.code === 'question-empty'
        ? vscode.window.showWarningMessage
        : vscode.window.showErrorMessage;
    void this.#follow(show(text, ...actions.map((action) => action.title)), actions);
  }

  /** Shows the errors of one command; the same one is shown once, however many requests met it. */
  showAll(errors: readonly unknown[]): void {
    const distinct = new Map(
      errors
        .map((thrown) => LoupeError.from(thrown))
        .map((error) => [`${error.code} ${error.message}`, error]),
    );
    for (const error of distinct.values()) this.show(error);
  }

  /** Shows a fallback to another device once in a session; other warnings stand on their result. */
  tellOnce(warnings: readonly TaskWarning[]): void {
    for (const warning of warnings) {
      const text = warningText(warning, this.#wording);
      this.#journal.write('warn', `${warning.code}: ${text}`);
      if (warning.code !== 'device-fallback' || this.#toldWarnings.has(text)) continue;
      this.#toldWarnings.add(text);
      void vscode.window.showWarningMessage(`Loupe: ${text}`);
    }
  }

  async #follow(answer: Thenable<string | undefined>, actions: readonly Action[]): Promise<void> {
    const title = await answer;
    const action = actions.find((candidate) => candidate.title === title);
    if (action !== undefined) await vscode.commands.executeCommand(action.command);
  }

  #actionsFor(code: ErrorCode): readonly Action[] {
    const { t } = this.#wording;
    const choose = { title: t('Choose Model…'), command: commandIds.chooseModel };
    const log = { title: t('Show Log'), command: commandIds.showLog };
    const restart = { title: t('Restart'), command: commandIds.restartInference };
    if (/^(?:model|reference|starter|hub|memory)-/.test(code)) return [choose, log];
    if (code.startsWith('inference-')) return [restart, log];
    return code === 'internal' || code === 'disk-full' ? [log] : [];
  }
}

function causeOf({ cause }: LoupeError): string {
  if (cause === undefined) return '';
  return `\n${cause instanceof Error ? (cause.stack ?? cause.message) : inspect(cause)}`;
}
