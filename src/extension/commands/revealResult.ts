import type { CommandHandler } from './commandDeps.ts';
import { resultIndexOf, runOf, type RunDeps } from './runArgument.ts';
import { revealSpan, spanToReveal } from '../results/reveal.ts';

/** Goes to a result's text, opening its document if it was closed. */
export function revealResult(deps: RunDeps): CommandHandler {
  return async (argument) => {
    const tracked = runOf(argument, deps);
    if (tracked !== undefined) await revealSpan(tracked, spanToReveal(tracked, resultIndexOf(argument)));
  };
}
