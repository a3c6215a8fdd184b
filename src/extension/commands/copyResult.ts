import * as vscode from 'vscode';
import type { CommandHandler } from './commandDeps.ts';
import { runOf, type RunDeps } from './runArgument.ts';
import type { Run } from '../results/run.ts';

/** Puts a result on the clipboard, written by `format`. */
export function copyResult(deps: RunDeps, format: (run: Run) => string): CommandHandler {
  return async (argument) => {
    const tracked = runOf(argument, deps);
    if (tracked !== undefined) await vscode.env.clipboard.writeText(format(tracked.run));
  };
}
