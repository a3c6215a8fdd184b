/** Messages between the inference process and an attention thread, a worker thread that owns a model's tapped sessions. */
import type { ExportAssets } from '../../../core/attention/export/figureInput.ts';
import type { LocalModel, ModelWeights } from '../../../core/models/modelDescription.ts';
import type {
  AttentionParams,
  AttentionQueryName,
  AttentionResult,
  AttentionSource,
} from '../../../shared/attentionProtocol.ts';
import type { ErrorData } from '../../../shared/errors.ts';
import type { TaskProgress } from '../../../shared/taskProtocol.ts';

export interface AttentionThreadData {
  /** The reference as it was asked for. */
  readonly reference: string;
  readonly model: LocalModel;
  readonly weights: ModelWeights;
  /** Threads inside one run. */
  readonly threads: number;
  /** onnxruntime's name of the execution provider to try first; the CPU is what remains. */
  readonly provider: string;
  /** Bytes of maps that may be held. */
  readonly mapBudget: number;
  /** Bytes that one run may need at its peak, over the session itself. */
  readonly runBudget: number;
  readonly assets: ExportAssets;
}

export type AnyParams = AttentionParams<AttentionQueryName>;
export type AnyResult = AttentionResult<AttentionQueryName>;

export interface AttentionQuery {
  readonly source: AttentionSource;
  readonly name: AttentionQueryName;
  readonly params: AnyParams;
}

export type AttentionThreadRequest =
  | { readonly kind: 'query'; readonly id: number; readonly query: AttentionQuery }
  | { readonly kind: 'cancel'; readonly id: number }
  /** Answers `wants-session`. */
  | { readonly kind: 'session'; readonly isGranted: boolean }
  | { readonly kind: 'close' };

export type AttentionThreadReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'load-failed'; readonly error: ErrorData }
  | { readonly kind: 'progress'; readonly id: number; readonly progress: TaskProgress }
  | { readonly kind: 'done'; readonly id: number; readonly result: AnyResult }
  /** `stack` only of failures that nobody foresaw, for the log. */
  | {
      readonly kind: 'failed';
      readonly id: number;
      readonly error: ErrorData;
      readonly stack: string | undefined;
    }
  /** May another session be loaded beside those there are? */
  | { readonly kind: 'wants-session' }
  /** Sessions that it has now. */
  | { readonly kind: 'sessions'; readonly count: number };
