import type { AnalysisDeps, CommandHandler } from './commandDeps.ts';
import { findTargets } from '../text/editorTargets.ts';

/** Sentiment of each selection (or the paragraph at the caret), as a whole and sentence by sentence. */
export function analyzeSentiment({ jobs, runner, wording, announce }: AnalysisDeps): CommandHandler {
  return async (argument) => {
    const targets = await findTargets(argument);
    announce(
      await runner.run(
        wording.t('Analyzing sentiment'),
        targets.map((target) => jobs.sentiment(target)),
      ),
    );
  };
}
