import { InferenceSession } from 'onnxruntime-node';

export interface OpenedSession {
  readonly session: InferenceSession;
  /** The execution provider that took the graph. */
  readonly provider: string;
  readonly fallbackReason: string | undefined;
}

/** What to load and how. */
export interface SessionSource {
  /** The file of a graph, or an edited graph's bytes with the folder that its weights are in. */
  readonly graph: string | { readonly bytes: Uint8Array; readonly weightsFolder: string };
  /** Threads inside one run. */
  readonly threads: number;
  /** onnxruntime's name of the execution provider to try first; the CPU is what remains. */
  readonly provider: string;
  /**
   * Whether memory of one run is kept for the next (default), which is faster. Without, a run holds what it needs at a
   * time and no more: an arena grows by powers of two.
   */
  readonly arena?: boolean;
}

/** Loads a graph on the wanted provider, else on the CPU. Rejects with onnxruntime's error when the CPU refuses too. */
export async function openSession(source: SessionSource): Promise<OpenedSession> {
  let fallbackReason: string | undefined;
  if (source.provider !== 'cpu') {
    try {
      const session = await create(source, source.provider);
      return { session, provider: source.provider, fallbackReason };
    } catch (thrown) {
      fallbackReason = thrown instanceof Error ? thrown.message : String(thrown);
    }
  }
  const session = await create(source, 'cpu');
  return { session, provider: 'cpu', fallbackReason };
}

function create(
  { graph, threads, arena = true }: SessionSource,
  provider: string,
): Promise<InferenceSession> {
  if (typeof graph === 'string') return InferenceSession.create(graph, options(threads, provider, arena, {}));
  // A graph given as bytes has no folder of its own to look for its external data in.
  const folder = { model_external_initializers_file_folder_path: graph.weightsFolder };
  return InferenceSession.create(graph.bytes, options(threads, provider, arena, folder));
}

/**
 * One thread pool per session. Its idle threads must sleep instead of spinning: spinning costs 1.6 times the CPU time
 * and gains no latency (measured, docs/decisions/031), and the cores belong to the editor too. The arena stays on:
 * under the scheduler's token budget it holds about 65 MB, and runs are slower without it.
 */
function options(
  threads: number,
  provider: string,
  arena: boolean,
  session: Readonly<Record<string, string>>,
): InferenceSession.SessionOptions {
  return {
    executionProviders: [provider],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    enableCpuMemArena: arena,
    enableMemPattern: arena,
    // Errors only: warnings about graph optimisation say nothing to a person.
    logSeverityLevel: 3,
    extra: { session: { intra_op: { allow_spinning: '0' }, ...session } },
  };
}
