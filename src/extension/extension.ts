import * as vscode from 'vscode';
import { buildLoupe } from './loupe.ts';
import type { LoupeApi } from './api.ts';

/** Builds Loupe. Loads no model and starts no process: the first command does. */
export function activate(context: vscode.ExtensionContext): LoupeApi {
  try {
    return buildLoupe(context);
  } catch (error) {
    // VS Code tells nobody when an extension fails to activate; its commands would be "not found".
    const reason = error instanceof Error ? error.message : String(error);
    void vscode.window.showErrorMessage(vscode.l10n.t('Loupe could not start: {reason}', { reason }));
    throw error;
  }
}
