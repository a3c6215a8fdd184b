import type {
  AttentionParams,
  AttentionQueryName,
  AttentionResult,
  AttentionSource,
} from './attentionProtocol.ts';
import type { TaskName, TaskProgress, TaskRequest, TaskResponse, TaskWarning } from './taskProtocol.ts';

/** `auto` picks the first that works on this machine. */
export const devices = ['auto', 'cpu', 'cuda', 'coreml', 'dml', 'webgpu'] as const;
export type Device = (typeof devices)[number];

/** `auto`: q8 on a CPU when the model has it, else fp32. */
export const precisions = ['auto', 'fp32', 'fp16', 'q8', 'q4'] as const;
export type Precision = (typeof precisions)[number];

/** Everything the inference process is told. Sent with the handshake and again when a setting changes. */
export interface InferenceSettings {
  readonly device: Device;
  readonly precision: Precision;
  /** Threads inside one interactive run and number of bulk lanes at most; 0: as many as there are cores. */
  readonly threads: number;
  /** Ceiling for loaded models together, in MB; the least recently used model goes first. */
  readonly memoryLimitMb: number;
  /** Folder with the starter models that ship with Loupe. */
  readonly starterDirectory: string;
  /** Folder of downloaded models, in the layout of transformers.js's cache: `<owner>/<name>/[<revision>/]<file>`. */
  readonly cacheDirectory: string;
  /** Base address of the hub, without a trailing slash. */
  readonly hubEndpoint: string;
}

export interface LoadedModel {
  readonly reference: string;
  readonly task: TaskName;
  readonly device: string;
  readonly precision: string;
  readonly bytes: number;
  readonly lanes: number;
}

/** What the process says of itself, for the status bar and the debug information. */
export interface InferenceInfo {
  readonly pid: number;
  readonly node: string;
  readonly onnxruntime: string;
  readonly tokenizers: string;
  readonly devices: readonly string[];
  readonly rssMb: number;
  readonly models: readonly LoadedModel[];
  readonly queued: number;
}

/** Methods of the link, host to inference process. Names are those on the wire. */
export const inferenceMethods = {
  /** First call; answers when the process is ready to work. */
  initialize: 'initialize',
  configure: 'configure',
  run: 'run',
  /** Downloads (when needed) and loads a model without running it. */
  prepare: 'prepare',
  /** One of `AttentionQueries`. */
  attention: 'attention',
  info: 'info',
} as const;

export interface InferenceLink {
  initialize(settings: InferenceSettings): Promise<InferenceInfo>;
  configure(settings: InferenceSettings): Promise<void>;
  run(request: TaskRequest, options?: CallOptions): Promise<TaskResponse>;
  prepare(model: string, task: TaskName, options?: CallOptions): Promise<PrepareResponse>;
  /**
   * Asks something about the attention of a source. Rejects with the errors of `run`, `attention-none`,
   * `attention-window-missing`, `attention-place-missing`, `attention-memory` and those named beside `AttentionQueries`.
   */
  attention<K extends AttentionQueryName>(
    source: AttentionSource,
    name: K,
    params: AttentionParams<K>,
    options?: CallOptions,
  ): Promise<AttentionResult<K>>;
  info(): Promise<InferenceInfo>;
}

export interface PrepareResponse {
  readonly model: LoadedModel;
  readonly warnings: readonly TaskWarning[];
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: TaskProgress) => void;
}

/** What the person sees of the process. `failed`: it gave up after too many restarts. */
export type InferenceState = 'idle' | 'starting' | 'ready' | 'busy' | 'restarting' | 'failed';
