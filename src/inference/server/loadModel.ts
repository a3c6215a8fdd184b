import { openModel } from '../../core/models/openModel.ts';
import { chooseWeights } from '../../core/models/weights.ts';
import type { Scheduler } from '../../core/scheduler/scheduler.ts';
import { tasks } from '../../core/tasks/index.ts';
import { loadLanguageDetector } from '../../core/text/language.ts';
import { loadTokenizer } from '../../core/text/loadTokenizer.ts';
import type { RowOutputs, Window } from '../../core/text/window.ts';
import { LoupeError } from '../../shared/errors.ts';
import type { InferenceSettings } from '../../shared/inferenceProtocol.ts';
import type { TaskName, TaskProgress, TaskWarning } from '../../shared/taskProtocol.ts';
import { interactiveThreads, providerFor } from './devices.ts';
import { quantizesDynamically } from './dynamicQuantization.ts';
import { fileStamp } from './fileStamp.ts';
import { IdleTimer } from './idleTimer.ts';
import type { LaneKind } from './laneSet.ts';
import { LaneSet } from './laneSet.ts';
import { LaneThread } from './laneThread.ts';
import type { LoadedModel } from './loadedModel.ts';
import { sessionBytes } from './memoryRoom.ts';
import { isPerToken } from './taskOutputs.ts';

/** Milliseconds that bulk lanes stay after bulk work: they load in about a second, and count against the memory limit. */
const bulkLanesLinger = 60_000;

/** What loading needs of its surroundings. */
export interface LoadContext {
  readonly settings: InferenceSettings;
  readonly scheduler: Scheduler<Window, RowOutputs>;
  /** Path of the bundled lane.ts. */
  readonly lanePath: string;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: TaskProgress) => void;
  /** Waits for memory for a session; rejects with `memory-exhausted`. */
  readonly reserve: (bytes: number) => Promise<void>;
  /** The loaded model stopped working for good. */
  readonly onDidFail: (reason: LoupeError) => void;
}

/**
 * Finds, downloads when needed, and loads a model, with one interactive lane. Rejects with the errors of `openModel`,
 * `loadTokenizer`, `chooseWeights` and `LaneThread.start`, and with `memory-exhausted`.
 * @param group the scheduler's key for it, unique
 */
export async function loadModel(
  reference: string,
  task: TaskName,
  group: string,
  context: LoadContext,
): Promise<LoadedModel> {
  const { settings, signal, onProgress } = context;
  const provider = providerFor(settings.device);
  const { precision } = settings;
  const model = await openModel(reference, task, settings, {
    signal,
    onProgress,
    precision,
    device: provider,
  });
  onProgress({ kind: 'load', model: reference });
  const { weights, warnings } = chooseWeights(model, precision, provider);
  const stamp = fileStamp(weights.file);
  const soloRows = await quantizesDynamically(weights.file);
  await context.reserve(sessionBytes(weights.bytes));
  if (signal.aborted) throw new LoupeError('cancelled');

  const start: StartLane = (kind, onDidDie) =>
    LaneThread.start({
      ...kind,
      file: weights.file,
      provider,
      lanePath: context.lanePath,
      model: reference,
      task,
      wanted: tasks[task].outputs,
      perToken: isPerToken[task],
      onDidDie,
    });
  const lanes = createLanes(group, reference, soloRows, start, context);
  // The session loads in its thread; this one has the tokenizer to read, and the language data that every text wants.
  const opening = Promise.all([lanes.open(), loadTokenizer(model), loadLanguageDetector()]);
  const [lane, tokenizer] = await closingWhenRejected(opening, lanes);
  if (lane.fallbackReason !== undefined)
    context.log(`${reference}: ${provider} refused, cpu is used: ${lane.fallbackReason}`);
  return {
    group,
    reference,
    task,
    model,
    tokenizer,
    weights,
    stamp,
    device: lane.provider,
    warnings: [
      ...warnings,
      ...deviceWarnings(settings, provider, lane.provider),
      ...(tokenizer.kind === 'javascript' ? [{ code: 'tokenizer-fallback', details: {} } as const] : []),
    ],
    bulkUse: new IdleTimer(bulkLanesLinger, () => lanes.contract()),
    lanes,
  };
}

type Lanes = LoadedModel['lanes'];
type StartLane = (kind: LaneKind, onDidDie: (reason: string) => void) => Promise<LaneThread>;

function createLanes(
  group: string,
  reference: string,
  soloRows: boolean,
  start: StartLane,
  context: LoadContext,
): Lanes {
  return new LaneSet({
    group,
    soloRows,
    threads: interactiveThreads(context.settings.threads),
    attach: (slot, runner) => context.scheduler.attach(slot, runner),
    start,
    onDidFail: context.onDidFail,
    log: (line) => context.log(`${reference}: ${line}`),
  });
}

/** A lane must not outlive a load that failed elsewhere. */
async function closingWhenRejected<Result>(opening: Promise<Result>, lanes: Lanes): Promise<Result> {
  try {
    return await opening;
  } catch (thrown) {
    await lanes.close();
    throw thrown;
  }
}

/** Only a device that was asked for by name can be missed. */
function deviceWarnings(settings: InferenceSettings, wanted: string, used: string): readonly TaskWarning[] {
  return settings.device !== 'auto' && used !== wanted
    ? [{ code: 'device-fallback', details: { wanted, used } }]
    : [];
}
