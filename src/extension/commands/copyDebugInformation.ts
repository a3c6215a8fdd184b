import * as vscode from 'vscode';
import type { CommandHandler } from './commandDeps.ts';
import type { Wording } from '../base/wording.ts';

/** Puts what a bug report needs on the clipboard, and says so. */
export function copyDebugInformation(deps: {
  readonly collect: () => Promise<string>;
  readonly wording: Wording;
}): CommandHandler {
  return async () => {
    await vscode.env.clipboard.writeText(await deps.collect());
    void vscode.window.showInformationMessage(
      deps.wording.t('Loupe: the debug information is on the clipboard. It holds none of your texts.'),
    );
  };
}
