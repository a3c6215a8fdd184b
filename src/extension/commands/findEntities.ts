import type { AnalysisDeps, CommandHandler } from './commandDeps.ts';
import { findTargets } from '../text/editorTargets.ts';

/** Entities, or whatever the token classification model labels, in each selection or the paragraph at the caret. */
export function findEntities({ jobs, runner, wording, announce }: AnalysisDeps): CommandHandler {
  return async (argument) => {
    const targets = await findTargets(argument);
    announce(
      await runner.run(
        wording.t('Finding entities'),
        targets.map((target) => jobs.tokens(target)),
      ),
    );
  };
}
