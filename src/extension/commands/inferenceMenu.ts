import * as vscode from 'vscode';
import type { CommandHandler } from './commandDeps.ts';
import type { Wording } from '../base/wording.ts';
import { commandIds } from '../../shared/ids.ts';

/** What the status bar item offers: another model, a restart, the log. */
export function inferenceMenu(deps: {
  readonly wording: Wording;
  readonly status: () => string;
}): CommandHandler {
  return async () => {
    const { t } = deps.wording;
    const items = [
      { label: `$(settings-gear) ${t('Choose Model…')}`, command: commandIds.chooseModel },
      { label: `$(list-tree) ${t('Show Results')}`, command: commandIds.showResults },
      { label: `$(debug-restart) ${t('Restart Inference')}`, command: commandIds.restartInference },
      { label: `$(output) ${t('Show Log')}`, command: commandIds.showLog },
      { label: `$(bug) ${t('Copy Debug Information')}`, command: commandIds.copyDebugInformation },
      { label: `$(book) ${t('Open Welcome Document')}`, command: commandIds.openWelcome },
    ];
    const picked = await vscode.window.showQuickPick(items, { title: 'Loupe', placeHolder: deps.status() });
    if (picked !== undefined) await vscode.commands.executeCommand(picked.command);
  };
}
