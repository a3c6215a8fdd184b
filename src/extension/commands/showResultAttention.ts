import type { CommandHandler } from './commandDeps.ts';
import { runOf, type RunDeps } from './runArgument.ts';
import type { AttentionDeps } from './showAttention.ts';

/** Shows the attention behind a result: its text, its model, and its question where it has one. */
export function showResultAttention(deps: RunDeps & AttentionDeps): CommandHandler {
  return async (argument) => {
    const tracked = runOf(argument, deps);
    if (tracked !== undefined) deps.panels.show(await deps.sides.ofRun(tracked));
  };
}
