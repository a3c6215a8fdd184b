import type { Scheduler } from '../../core/scheduler/scheduler.ts';
import { planTask } from '../../core/tasks/index.ts';
import { scoreFunction } from '../../core/tasks/textClassification.ts';
import type { RowOutputs, Window } from '../../core/text/window.ts';
import type {
  CallOptions,
  InferenceInfo,
  InferenceSettings,
  PrepareResponse,
} from '../../shared/inferenceProtocol.ts';
import type {
  AttentionParams,
  AttentionQueryName,
  AttentionResult,
  AttentionSource,
} from '../../shared/attentionProtocol.ts';
import type { TaskName, TaskRequest, TaskResponse } from '../../shared/taskProtocol.ts';
import type { AttentionStore } from './attention/attentionStore.ts';
import { bulkLanes, supportedDevices } from './devices.ts';
import { describeLoaded } from './loadedModel.ts';
import type { LoadedModel } from './loadedModel.ts';
import type { MemoryRoom } from './memoryRoom.ts';
import type { Lease, ModelStore } from './modelStore.ts';
import { onnxruntimeVersion, tokenizersVersion } from './versions.ts';

/** Rows waiting from which bulk lanes are worth loading (about a second of both cores each). */
const bulkLanesFrom = 16;

export interface EngineParts {
  readonly store: ModelStore;
  readonly attention: AttentionStore;
  readonly room: MemoryRoom;
  readonly scheduler: Scheduler<Window, RowOutputs>;
}

/** What the inference process does, without the wire: one method per method of the link. */
export class Engine {
  readonly #parts: EngineParts;
  #settings: InferenceSettings;

  constructor(parts: EngineParts, settings: InferenceSettings) {
    this.#parts = parts;
    this.#settings = settings;
  }

  configure(settings: InferenceSettings): void {
    this.#settings = settings;
    this.#parts.room.setLimit(settings.memoryLimitMb);
    this.#parts.store.retireOthers(settings);
    this.#parts.attention.retireOthers(settings);
  }

  /** Rejects with LoupeErrors of loading (`loadModel`), of the task's plan, `model-run-failed` or `cancelled`. */
  async run(request: TaskRequest, options: CallOptions = {}): Promise<TaskResponse> {
    const arrival = performance.now();
    const lease = await this.#acquire(request.model, request.task, options);
    const bulkUse = request.priority === 'bulk' ? lease.loaded.bulkUse : undefined;
    bulkUse?.enter();
    try {
      const { loaded, loadMs } = lease;
      const plan = await planTask(request, loaded.model.description, loaded.tokenizer);
      const answer = this.#parts.scheduler.submit({
        group: loaded.group,
        priority: request.priority,
        rows: plan.windows,
        ...(options.signal && { signal: options.signal }),
        onProgress: (done, total) => options.onProgress?.({ kind: 'run', done, total }),
      });
      if (bulkUse) this.#spreadLanes(loaded);
      // While the model runs: finding a text's language costs as much as its tokens.
      const { warnings } = plan;
      const decoded = plan.decode(await answer);
      return {
        task: request.task,
        results: decoded.results,
        model: {
          reference: request.model,
          task: request.task,
          precision: loaded.weights.precision,
          device: loaded.device,
          ...(request.task === 'text-classification' && {
            scoreFunction: scoreFunction(loaded.model.description),
          }),
        },
        warnings: [...loadWarnings(lease), ...warnings, ...decoded.warnings],
        ms: performance.now() - arrival - loadMs,
        loadMs,
        windows: plan.windows.length,
      } as TaskResponse;
    } finally {
      bulkUse?.leave();
      lease.release();
    }
  }

  /** Loads a model and lets it wait. */
  async prepare(model: string, task: TaskName, options: CallOptions = {}): Promise<PrepareResponse> {
    const lease = await this.#acquire(model, task, options);
    lease.release();
    return { model: describeLoaded(lease.loaded), warnings: lease.loaded.warnings };
  }

  /** Rejects with the errors of opening a model, of the query, `model-run-failed` or `cancelled`. */
  attention(
    source: AttentionSource,
    name: AttentionQueryName,
    params: AttentionParams<AttentionQueryName>,
    options: CallOptions = {},
  ): Promise<AttentionResult<AttentionQueryName>> {
    return this.#parts.attention.query({ source, name, params }, this.#settings, options);
  }

  info(): InferenceInfo {
    return {
      pid: process.pid,
      node: process.version,
      onnxruntime: onnxruntimeVersion(),
      tokenizers: tokenizersVersion(),
      devices: supportedDevices(),
      rssMb: Math.round(process.memoryUsage.rss() / 1e6),
      models: this.#parts.store.loaded.map(describeLoaded),
      queued: this.#parts.scheduler.queued,
    };
  }

  #acquire(model: string, task: TaskName, options: CallOptions): Promise<Lease> {
    return this.#parts.store.acquire(model, task, this.#settings, options);
  }

  /** On a CPU, as many bulk lanes as there are cores and free memory: a model is not put out for them. */
  #spreadLanes({ lanes, weights, device }: LoadedModel): void {
    const { room, scheduler } = this.#parts;
    if (device !== 'cpu' || lanes.isSpread || scheduler.queued < bulkLanesFrom) return;
    lanes.spread(Math.min(bulkLanes(this.#settings.threads), room.sessionsThatFit(weights.bytes)));
  }
}

/** Told once: to those who waited for the model to load. */
function loadWarnings({ loaded, loadMs }: Lease): LoadedModel['warnings'] {
  return loadMs > 0 ? loaded.warnings : [];
}
