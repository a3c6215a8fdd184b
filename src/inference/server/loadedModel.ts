import type { LocalModel, ModelWeights } from '../../core/models/modelDescription.ts';
import type { TextTokenizer } from '../../core/text/textTokenizer.ts';
import type { RowOutputs, Window } from '../../core/text/window.ts';
import type { LoadedModel as LoadedModelInfo } from '../../shared/inferenceProtocol.ts';
import type { TaskName, TaskWarning } from '../../shared/taskProtocol.ts';
import type { IdleTimer } from './idleTimer.ts';
import type { LaneSet } from './laneSet.ts';
import type { LaneThread } from './laneThread.ts';
import { sessionBytes } from './memoryRoom.ts';

/** A model ready to run: described, with its tokenizer and its lanes. */
export interface LoadedModel {
  /** The scheduler's group. */
  readonly group: string;
  readonly reference: string;
  readonly task: TaskName;
  readonly model: LocalModel;
  readonly tokenizer: TextTokenizer;
  readonly weights: ModelWeights;
  /** `fileStamp` of the weights when they were read. */
  readonly stamp: string;
  /** The execution provider really used. */
  readonly device: string;
  /** What the person should hear once: another device, precision or tokenizer than wanted. */
  readonly warnings: readonly TaskWarning[];
  /** Who does bulk work on it, so that the bulk lanes go when nobody has for a while. */
  readonly bulkUse: IdleTimer;
  readonly lanes: LaneSet<Window, RowOutputs, LaneThread>;
}

/** Memory it holds by the estimate of `sessionBytes`, for all its lanes. */
export function loadedBytes({ weights, lanes }: Pick<LoadedModel, 'weights' | 'lanes'>): number {
  return sessionBytes(weights.bytes) * lanes.size;
}

export function describeLoaded(loaded: LoadedModel): LoadedModelInfo {
  return {
    reference: loaded.reference,
    task: loaded.task,
    device: loaded.device,
    precision: loaded.weights.precision,
    bytes: loadedBytes(loaded),
    lanes: loaded.lanes.size,
  };
}
