import { openModel } from '../../../core/models/openModel.ts';
import { chooseWeights } from '../../../core/models/weights.ts';
import type { ExportAssets } from '../../../core/attention/export/figureInput.ts';
import { LoupeError } from '../../../shared/errors.ts';
import type { CallOptions, InferenceSettings } from '../../../shared/inferenceProtocol.ts';
import type { TaskProgress } from '../../../shared/taskProtocol.ts';
import { interactiveThreads, providerFor } from '../devices.ts';
import { fileStamp } from '../fileStamp.ts';
import type { MemoryRoom, Tenant } from '../memoryRoom.ts';
import { sessionBytes } from '../memoryRoom.ts';
import { SharedWork } from '../sharedWork.ts';
import { AttentionThread } from './attentionThread.ts';
import { mapBudget, runBudget } from './budgets.ts';
import type { AnyResult, AttentionQuery } from './threadProtocol.ts';

export interface AttentionStoreOptions {
  readonly room: MemoryRoom;
  readonly workerPath: string;
  readonly assets: ExportAssets;
  readonly log: (line: string) => void;
}

interface Opened {
  readonly thread: AttentionThread;
  readonly file: string;
  readonly stamp: string;
}

/** A model whose attention is looked at, from the first query until it is let go of. */
interface Entry extends Tenant {
  readonly key: string;
  readonly settings: string;
  readonly work: SharedWork<Opened, TaskProgress>;
  opened: Opened | undefined;
  /** Of one session, and of the maps. */
  sessionBytes: number;
  mapBytes: number;
  sessions: number;
  users: number;
  lastUsed: number;
  isRetired: boolean;
}

/** Keeps one attention thread per model and precision, under the process's memory ceiling. */
export class AttentionStore {
  readonly #options: AttentionStoreOptions;
  readonly #entries = new Map<string, Entry>();

  constructor(options: AttentionStoreOptions) {
    this.#options = options;
  }

  /**
   * Answers a query, after opening the model when it is not. Rejects with the errors of `openModel`, `chooseWeights` and
   * the query, with `memory-exhausted`, `cancelled`, and `model-run-failed` when the thread dies.
   */
  async query(query: AttentionQuery, settings: InferenceSettings, options: CallOptions): Promise<AnyResult> {
    await this.#options.room.passLine(options.signal);
    const own = settingsKey(settings);
    const key = JSON.stringify([query.source.model, own]);
    this.#retireWhenChanged(this.#entries.get(key));
    // No await between finding the entry and counting its user: it might be evicted meanwhile.
    const entry = this.#entries.get(key) ?? this.#create(key, own, query.source.model, settings);
    entry.users++;
    try {
      const { thread } = await entry.work.join(options.signal, options.onProgress);
      return await thread.query(query, options);
    } finally {
      this.#release(entry);
    }
  }

  /** Lets go of models opened under other settings, when their running queries are done. */
  retireOthers(settings: InferenceSettings): void {
    const current = settingsKey(settings);
    for (const entry of this.#entries.values()) if (entry.settings !== current) this.#retire(entry);
  }

  #create(key: string, settingsName: string, reference: string, settings: InferenceSettings): Entry {
    const entry: Entry = {
      key,
      settings: settingsName,
      work: new SharedWork(async (signal, onProgress) => {
        // The work begins only after `entry` exists.
        await Promise.resolve();
        try {
          const opened = await this.#open(entry, reference, settings, { signal, onProgress });
          entry.opened = opened;
          return opened;
        } catch (thrown) {
          this.#forget(entry);
          throw thrown;
        }
      }),
      opened: undefined,
      sessionBytes: 0,
      mapBytes: 0,
      sessions: 1,
      users: 0,
      lastUsed: performance.now(),
      isRetired: false,
      get bytes() {
        return this.sessionBytes * Math.max(1, this.sessions) + this.mapBytes;
      },
      get isIdle() {
        return this.users === 0 && this.opened !== undefined;
      },
      evict: () => this.#close(entry),
    };
    this.#entries.set(key, entry);
    return entry;
  }

  async #open(
    entry: Entry,
    reference: string,
    settings: InferenceSettings,
    { signal, onProgress }: Required<CallOptions>,
  ): Promise<Opened> {
    const { room, workerPath, assets, log } = this.#options;
    const provider = providerFor(settings.device);
    const { precision } = settings;
    const model = await openModel(reference, undefined, settings, {
      signal,
      onProgress,
      precision,
      device: provider,
      purpose: 'attention',
    });
    onProgress({ kind: 'load', model: reference });
    const { weights } = chooseWeights(model, precision, provider);
    const stamp = fileStamp(weights.file);
    entry.sessionBytes = sessionBytes(weights.bytes);
    entry.mapBytes = mapBudget(settings.memoryLimitMb);
    await room.reserve(entry, reference, signal);
    if (signal.aborted) throw new LoupeError('cancelled');
    const thread = await AttentionThread.start({
      data: {
        reference,
        model,
        weights,
        threads: interactiveThreads(settings.threads),
        provider,
        mapBudget: entry.mapBytes,
        runBudget: runBudget(settings.memoryLimitMb, entry.sessionBytes),
        assets,
      },
      workerPath,
      grantSession: () => {
        const isGranted = room.sessionsThatFit(weights.bytes) > 0;
        if (isGranted) entry.sessions++;
        return isGranted;
      },
      onDidChangeSessions: (count) => {
        entry.sessions = count;
        room.notify();
      },
      onDidDie: (reason) => {
        log(`attention of ${reference}: ${reason}`);
        this.#forget(entry);
      },
      log,
    });
    // Everyone who wanted it may have left while it was started.
    if (isAborted(signal)) {
      await thread.close();
      throw new LoupeError('cancelled');
    }
    log(`attention of ${reference}: opened ${weights.file}`);
    return { thread, file: weights.file, stamp };
  }

  #release(entry: Entry): void {
    entry.users--;
    entry.lastUsed = performance.now();
    // Everyone left while it was opened: the next query must not join work that was told to stop.
    if (entry.work.isAbandoned && this.#entries.get(entry.key) === entry) this.#entries.delete(entry.key);
    if (entry.isRetired && entry.users === 0) void this.#close(entry);
    this.#options.room.notify();
  }

  #retireWhenChanged(entry: Entry | undefined): void {
    if (entry?.opened && fileStamp(entry.opened.file) !== entry.opened.stamp) this.#retire(entry);
  }

  #retire(entry: Entry): void {
    entry.isRetired = true;
    if (this.#entries.get(entry.key) === entry) this.#entries.delete(entry.key);
    if (entry.users === 0) void this.#close(entry);
  }

  async #close(entry: Entry): Promise<void> {
    const { opened } = entry;
    if (!opened) return;
    entry.opened = undefined;
    if (this.#entries.get(entry.key) === entry) this.#entries.delete(entry.key);
    await opened.thread.close();
    this.#options.room.leave(entry);
  }

  #forget(entry: Entry): void {
    entry.opened = undefined;
    if (this.#entries.get(entry.key) === entry) this.#entries.delete(entry.key);
    this.#options.room.leave(entry);
  }
}

/** Budgets follow the memory limit, so a model opened under another one is opened anew. */
function settingsKey(settings: InferenceSettings): string {
  return JSON.stringify(Object.entries(settings).sort());
}

/** A function, because the compiler takes a signal that was not aborted before an await for one that never is. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
