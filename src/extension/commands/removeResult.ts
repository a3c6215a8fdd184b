import type { CommandHandler } from './commandDeps.ts';
import { runOf, type RunDeps } from './runArgument.ts';

export function removeResult(deps: RunDeps): CommandHandler {
  return (argument) => {
    const tracked = runOf(argument, deps);
    if (tracked !== undefined) deps.store.remove(tracked.run.id);
  };
}
