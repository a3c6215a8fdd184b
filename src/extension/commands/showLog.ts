import type { CommandHandler } from './commandDeps.ts';
import type { Journal } from '../messages/journal.ts';

export function showLog({ journal }: { readonly journal: Journal }): CommandHandler {
  return () => journal.show();
}
