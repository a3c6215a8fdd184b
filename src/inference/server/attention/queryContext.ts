import type { TaskProgress } from '../../../shared/taskProtocol.ts';

/** One query's surroundings. */
export interface QueryContext {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: TaskProgress) => void;
}
