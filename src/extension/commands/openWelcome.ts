import * as vscode from 'vscode';
import type { CommandHandler } from './commandDeps.ts';
import type { Wording } from '../base/wording.ts';

/** Opens the document in which every feature can be tried, in the person's language where there is one. */
export function openWelcome(deps: {
  readonly examples: vscode.Uri;
  readonly wording: Wording;
}): CommandHandler {
  return async () => {
    const name = deps.wording.locale.toLowerCase().startsWith('pt') ? 'welcome.pt-br.md' : 'welcome.md';
    await vscode.window.showTextDocument(vscode.Uri.joinPath(deps.examples, name));
  };
}
