import type { CommandHandler } from './commandDeps.ts';

/** Starts the inference process afresh, also after it gave up. */
export function restartInference({ restart }: { readonly restart: () => Promise<void> }): CommandHandler {
  return () => restart();
}
