import type { Job, JobRow } from './job.ts';

export interface BatchLimits {
  /** Rows times the longest row of a batch at most, in tokens; a single longer row goes alone. */
  readonly tokenBudget: number;
  /** One row per batch, because the graph's result for a row depends on its batch mates. */
  readonly soloRows: boolean;
}

/**
 * Takes the next batch out of `jobs` (one group, one priority, oldest first). The oldest job's longest row opens it,
 * so that nobody waits for ever; then the longest rows that are not longer fill it up, whoever's they are. Neighbours
 * in length need hardly any padding: measured 3 to 4 times the throughput of batches in order of arrival (training
 * texts of mixed length, CPU).
 */
export function chooseBatch<Row, Output>(
  jobs: readonly Job<Row, Output>[],
  limits: BatchLimits,
): readonly JobRow<Row, Output>[] {
  const oldest = jobs.find((job) => job.waiting > 0);
  if (!oldest) return [];
  const batch = [oldest.take(Infinity)];
  if (limits.soloRows) return batch;
  const longest = batch[0]?.length ?? 0;
  while ((batch.length + 1) * longest <= limits.tokenBudget) {
    const mate = closestInLength(jobs, longest);
    if (!mate) break;
    batch.push(mate.take(longest));
  }
  return batch;
}

/** The job with the longest waiting row within `limit`; the oldest among equals. */
function closestInLength<Row, Output>(
  jobs: readonly Job<Row, Output>[],
  limit: number,
): Job<Row, Output> | undefined {
  let best: Job<Row, Output> | undefined;
  let bestLength = -1;
  for (const job of jobs) {
    const length = job.longestWithin(limit);
    if (length === undefined || length <= bestLength) continue;
    best = job;
    bestLength = length;
    if (length === limit) break;
  }
  return best;
}
