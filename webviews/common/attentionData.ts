import type {
  AttentionParams,
  AttentionQueryName,
  AttentionResult,
} from '../../src/shared/attentionProtocol.ts';
import type { TaskProgress } from '../../src/shared/taskProtocol.ts';

export interface AskOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: TaskProgress) => void;
}

/** What can be asked where the maps come from: flow and rollout are named by themselves, since a file has only means. */
export type Ability =
  | Exclude<AttentionQueryName, 'overview' | 'map' | 'tokenWeights' | 'aggregate' | 'export'>
  | 'rollout'
  | 'flow';

/** Where a page's attention comes from: the inference process by way of the host, or a file that holds everything. */
export interface AttentionData {
  readonly abilities: ReadonlySet<Ability>;
  /**
   * Answers a question of `AttentionQueries`.
   * @throws LoupeError `cancelled` once the signal fired, and whatever the source answered
   */
  ask<K extends AttentionQueryName>(
    name: K,
    params: AttentionParams<K>,
    options: AskOptions,
  ): Promise<AttentionResult<K>>;
}
