import * as vscode from 'vscode';
import { DisposableStore, type Disposable } from '../../shared/disposable.ts';
import type { Wording } from '../base/wording.ts';
import { statusText } from './statusText.ts';
import { commandIds } from '../../shared/ids.ts';
import type { InferenceState } from '../../shared/inferenceProtocol.ts';

/** The status bar item: model and state; a click offers what can be done about either. */
export function createStatusBar(parts: {
  readonly state: () => InferenceState;
  /** The model of the last task (of sentiment before any). */
  readonly model: () => string;
  /** Whatever may change the state or the model. */
  readonly changes: readonly ((listener: () => void) => Disposable)[];
  readonly wording: Wording;
}): Disposable {
  const disposables = new DisposableStore();
  const item = disposables.add(
    vscode.window.createStatusBarItem('loupe.status', vscode.StatusBarAlignment.Right, 50),
  );
  item.name = 'Loupe';
  item.command = commandIds.inferenceMenu;
  const update = () => {
    const state = parts.state();
    const { text, spoken } = statusText(state, parts.model(), parts.wording);
    item.text = text;
    item.tooltip = spoken;
    item.accessibilityInformation = { label: spoken, role: 'button' };
    item.backgroundColor =
      state === 'failed' ? new vscode.ThemeColor('statusBarItem.errorBackground') : undefined;
  };
  for (const event of parts.changes) disposables.add(event(update));
  update();
  item.show();
  return disposables;
}
