import type { Wording } from '../base/wording.ts';
import type { JobFactory } from '../inference/jobFactory.ts';
import type { TaskRunner } from '../inference/taskRunner.ts';
import type { TrackedRun } from '../results/run.ts';

/** What a command does when it is called; what it throws is shown to the person. */
export type CommandHandler = (argument?: unknown) => Promise<void> | void;

/** What the three commands that ask a model need. */
export interface AnalysisDeps {
  readonly jobs: JobFactory;
  readonly runner: TaskRunner;
  readonly wording: Wording;
  /** Says briefly what came out, for people who do not look at the text right now. */
  readonly announce: (runs: readonly TrackedRun[]) => void;
}
