import * as vscode from 'vscode';
import type { CommandHandler } from './commandDeps.ts';
import { DisposableStore, type Disposable } from '../../shared/disposable.ts';
import type { ErrorPresenter } from '../messages/errorPresenter.ts';
import { commandIds } from '../../shared/ids.ts';

/** One handler for each command id; a forgotten one does not compile. */
export type CommandHandlers = Readonly<Record<keyof typeof commandIds, CommandHandler>>;

/** Registers every command; whatever a handler throws is shown in words. */
export function registerCommands(handlers: CommandHandlers, errors: ErrorPresenter): Disposable {
  const disposables = new DisposableStore();
  for (const [name, handler] of Object.entries(handlers)) {
    const id = commandIds[name as keyof typeof commandIds];
    disposables.add(
      vscode.commands.registerCommand(id, async (argument?: unknown) => {
        try {
          await handler(argument);
        } catch (error) {
          errors.show(error);
        }
      }),
    );
  }
  return disposables;
}
