import type { CommandHandler } from './commandDeps.ts';
import type { ResultsView } from '../results/resultsView.ts';

/** Shows the results view, at one result when its number is given. */
export function showResults({ view }: { readonly view: ResultsView }): CommandHandler {
  return (argument) => view.show(typeof argument === 'number' ? argument : undefined);
}
