import { InferenceSession } from 'onnxruntime-node';
import type { LaneData } from './laneProtocol.ts';

export interface OpenedSession {
  readonly session: InferenceSession;
  /** The execution provider that took the graph. */
  readonly provider: string;
  readonly fallbackReason: string | undefined;
}

/** Loads a graph on the wanted provider, else on the CPU. Rejects with onnxruntime's error when the CPU refuses too. */
export async function openSession(lane: LaneData): Promise<OpenedSession> {
  let fallbackReason: string | undefined;
  if (lane.provider !== 'cpu') {
    try {
      const session = await InferenceSession.create(lane.file, options(lane, lane.provider));
      return { session, provider: lane.provider, fallbackReason };
    } catch (thrown) {
      fallbackReason = thrown instanceof Error ? thrown.message : String(thrown);
    }
  }
  const session = await InferenceSession.create(lane.file, options(lane, 'cpu'));
  return { session, provider: 'cpu', fallbackReason };
}

/**
 * One thread pool per session. Its idle threads must sleep instead of spinning: spinning costs 1.6 times the CPU time
 * and gains no latency (measured, docs/decisions/031), and the cores belong to the editor too. The arena stays on:
 * under the scheduler's token budget it holds about 65 MB, and runs are slower without it.
 */
function options(lane: LaneData, provider: string): InferenceSession.SessionOptions {
  return {
    executionProviders: [provider],
    intraOpNumThreads: lane.threads,
    interOpNumThreads: 1,
    // Errors only: warnings about graph optimisation say nothing to a person.
    logSeverityLevel: 3,
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  };
}
