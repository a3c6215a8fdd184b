import { LoupeError } from '../../shared/errors.ts';
import type { CallOptions, InferenceSettings } from '../../shared/inferenceProtocol.ts';
import type { TaskName, TaskProgress } from '../../shared/taskProtocol.ts';
import { fileStamp } from './fileStamp.ts';
import type { LoadedModel } from './loadedModel.ts';
import { describeLoaded, loadedBytes } from './loadedModel.ts';
import type { MemoryRoom, Tenant } from './memoryRoom.ts';
import { SharedWork } from './sharedWork.ts';

/** Loads a model for the store; see `loadModel`. */
export type Load = (
  reference: string,
  task: TaskName,
  group: string,
  hooks: {
    readonly settings: InferenceSettings;
    readonly signal: AbortSignal;
    readonly onProgress: (progress: TaskProgress) => void;
    readonly reserve: (bytes: number) => Promise<void>;
    readonly onDidFail: (reason: LoupeError) => void;
  },
) => Promise<LoadedModel>;

/** A loaded model in use: it stays in memory until released. */
export interface Lease {
  readonly loaded: LoadedModel;
  /** Milliseconds this caller waited for it to load, 0 when it was there. */
  readonly loadMs: number;
  release(): void;
}

export interface ModelStoreOptions {
  readonly load: Load;
  readonly room: MemoryRoom;
  /** A loaded model's lanes stopped working for good: its waiting work should fail. */
  readonly onDidFail: (group: string, reason: LoupeError) => void;
  readonly log: (line: string) => void;
}

/**
 * A model from the first request for it until it is let go of. `settingsKey`: a model loaded under other settings is
 * another one.
 */
interface Entry extends Tenant {
  readonly key: string;
  readonly settingsKey: string;
  readonly work: SharedWork<LoadedModel, TaskProgress>;
  loaded: LoadedModel | undefined;
  /** Memory set aside while it loads. */
  reserved: number;
  users: number;
  lastUsed: number;
  /** No new user; closed when the last one is done. */
  isRetired: boolean;
}

/** Keeps models loaded between requests, under the memory ceiling; each is loaded once however many ask at a time. */
export class ModelStore {
  readonly #options: ModelStoreOptions;
  readonly #entries = new Map<string, Entry>();
  #groups = 0;

  constructor(options: ModelStoreOptions) {
    this.#options = options;
  }

  get loaded(): readonly LoadedModel[] {
    return [...this.#entries.values()].flatMap(({ loaded }) => (loaded ? [loaded] : []));
  }

  /** The model, loaded. Rejects as loading does, or with `cancelled`. */
  async acquire(
    reference: string,
    task: TaskName,
    settings: InferenceSettings,
    options: CallOptions = {},
  ): Promise<Lease> {
    const start = performance.now();
    await this.#options.room.passLine(options.signal);
    const key = JSON.stringify([reference, task, settingsKeyOf(settings)]);
    this.#retireWhenChanged(this.#entries.get(key));
    // No await between finding the entry and counting its user: it might be evicted meanwhile.
    const entry = this.#entries.get(key) ?? this.#create(key, reference, task, settings);
    const wasLoaded = entry.loaded !== undefined;
    entry.users++;
    try {
      const loaded = await entry.work.join(options.signal, options.onProgress);
      return {
        loaded,
        loadMs: wasLoaded ? 0 : performance.now() - start,
        release: once(() => this.#release(entry)),
      };
    } catch (thrown) {
      this.#release(entry);
      throw thrown;
    }
  }

  /** Lets go of models loaded under other settings, when their running requests are done. */
  retireOthers(settings: InferenceSettings): void {
    const current = settingsKeyOf(settings);
    for (const entry of this.#entries.values()) if (entry.settingsKey !== current) this.#retire(entry);
  }

  #create(key: string, reference: string, task: TaskName, settings: InferenceSettings): Entry {
    const { room, load } = this.#options;
    const group = String(++this.#groups);
    const entry: Entry = {
      key,
      settingsKey: settingsKeyOf(settings),
      work: new SharedWork(async (signal, onProgress) => {
        // The work begins only after `entry` exists.
        await Promise.resolve();
        try {
          const loaded = await load(reference, task, group, {
            settings,
            signal,
            onProgress,
            reserve: (bytes) => {
              entry.reserved = bytes;
              return room.reserve(entry, reference, signal);
            },
            onDidFail: (reason) => {
              this.#options.onDidFail(group, reason);
              this.#retire(entry);
            },
          });
          entry.loaded = loaded;
          this.#options.log(`loaded ${JSON.stringify(describeLoaded(loaded))}`);
          if (signal.aborted) {
            await loaded.lanes.close();
            throw new LoupeError('cancelled');
          }
          return loaded;
        } catch (thrown) {
          this.#forget(entry);
          throw thrown;
        }
      }),
      loaded: undefined,
      reserved: 0,
      users: 0,
      lastUsed: performance.now(),
      isRetired: false,
      get bytes() {
        return this.loaded ? loadedBytes(this.loaded) : this.reserved;
      },
      get isIdle() {
        return this.users === 0 && this.loaded !== undefined;
      },
      evict: () => this.#close(entry),
    };
    this.#entries.set(key, entry);
    return entry;
  }

  #release(entry: Entry): void {
    entry.users--;
    entry.lastUsed = performance.now();
    // Everyone left while it was loading: the next request must not join work that was told to stop.
    if (entry.work.isAbandoned && this.#entries.get(entry.key) === entry) this.#entries.delete(entry.key);
    if (entry.isRetired && entry.users === 0) void this.#close(entry);
    this.#options.room.notify();
  }

  #retireWhenChanged(entry: Entry | undefined): void {
    if (entry?.loaded && fileStamp(entry.loaded.weights.file) !== entry.loaded.stamp) this.#retire(entry);
  }

  #retire(entry: Entry): void {
    entry.isRetired = true;
    if (this.#entries.get(entry.key) === entry) this.#entries.delete(entry.key);
    if (entry.users === 0 && entry.loaded) void this.#close(entry);
  }

  async #close(entry: Entry): Promise<void> {
    const { loaded } = entry;
    if (!loaded) return;
    entry.loaded = undefined;
    if (this.#entries.get(entry.key) === entry) this.#entries.delete(entry.key);
    this.#options.log(`letting go of ${loaded.reference}`);
    await loaded.lanes.close();
    this.#options.room.leave(entry);
  }

  #forget(entry: Entry): void {
    entry.loaded = undefined;
    if (this.#entries.get(entry.key) === entry) this.#entries.delete(entry.key);
    this.#options.room.leave(entry);
  }
}

/** The settings that a loaded model depends on. */
function settingsKeyOf({ memoryLimitMb: _, ...rest }: InferenceSettings): string {
  return JSON.stringify(Object.entries(rest).sort());
}

function once(action: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    action();
  };
}
