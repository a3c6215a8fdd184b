const megabyte = 1 << 20;

/**
 * Share of the memory limit that the maps of one model may take: 128 MB of the default 2 GB, three texts of 512 tokens
 * with 12 x 12 heads, or one of 900; longer ones are pooled.
 */
const mapShare = 1 / 16;

/** Bytes of maps that a model's thread may hold. */
export function mapBudget(memoryLimitMb: number): number {
  return Math.floor(memoryLimitMb * megabyte * mapShare);
}

/** Bytes that a run may take at its peak beside its session: what the limit leaves. */
export function runBudget(memoryLimitMb: number, sessionBytes: number): number {
  return Math.max(0, memoryLimitMb * megabyte - sessionBytes - mapBudget(memoryLimitMb));
}
