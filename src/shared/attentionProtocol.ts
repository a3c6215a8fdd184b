import type { LabelScore, TaskName, TaskWarning } from './taskProtocol.ts';
import type { TextSpan } from './textSpan.ts';

/**
 * What attention is wanted of. Everything asked about it names it whole: the inference process keeps the maps while it
 * has room and works them out again when it has not (or was started anew), so a caller never holds a stale handle.
 */
export interface AttentionSource {
  /** A model reference, as in `TaskRequest`. */
  readonly model: string;
  /** The task whose head makes the prediction; absent: the model's own, or none (a bare encoder). */
  readonly task?: TaskName;
  readonly text: string;
  /** First sequence of a pair (the question; `text` is the context). Encoders only. */
  readonly question?: string;
  /** What an encoder-decoder writes: the decoder's input after its start token. Absent: the start token alone. */
  readonly target?: string;
  /** Which window of a text longer than the model, counted from 0. */
  readonly window: number;
  /** How many tokens the model adds, greedily, before the maps are taken. 0 for encoders. */
  readonly generate: number;
}

/**
 * The three attentions that a transformer can have. `encoder`: tokens of the source look at each other. `decoder`:
 * tokens of the target (of a decoder-only model: of the text) look back. `cross`: target tokens look at the source.
 */
export const stackNames = ['encoder', 'decoder', 'cross'] as const;
export type StackName = (typeof stackNames)[number];

/** One head. Layers count from 0 within their stack, heads from 0 within their layer. */
export interface HeadAddress {
  readonly stack: StackName;
  readonly layer: number;
  readonly head: number;
}

/** Tokens along one axis, one entry each (offsets: two). */
export interface AttentionTokens {
  readonly ids: Int32Array;
  /** As in the vocabulary (`##ing`, `Ġthe`). */
  readonly pieces: readonly string[];
  /** UTF-16 start and end of token `t` in its own sequence's text at [2t], [2t+1]; equal for tokens without text. */
  readonly offsets: Uint32Array;
  /** 0: the only or first sequence (the question of a pair), 1: the second (the context), -1: special. */
  readonly sequence: Int8Array;
  /** 1 for [CLS], [SEP], <s> and the like. */
  readonly special: Uint8Array;
  /** Index of the word in its sequence, -1 for special tokens. */
  readonly words: Int32Array;
  /** 1 for tokens that the model wrote (`generate`). */
  readonly generated: Uint8Array;
}

export interface AttentionStack {
  readonly name: StackName;
  /** Heads of each layer. */
  readonly heads: readonly number[];
  readonly queries: 'source' | 'target';
  readonly keys: 'source' | 'target';
  /** Graph nodes that the maps were read from, layer by layer, for those who want to check. */
  readonly nodes: readonly string[];
  /** Sides of a thumbnail in pixels, at most 48. */
  readonly thumbnailRows: number;
  readonly thumbnailColumns: number;
  /**
   * All heads, layer by layer: each `thumbnailRows * thumbnailColumns` bytes, row-major; a pixel is the mean weight of
   * its cells (see `boxOf` in core/attention), scaled so that each head's largest is 255.
   */
  readonly thumbnails: Uint8Array;
}

/** What the model says, and what moves when words or heads are taken away. */
export interface Prediction {
  /** `label`: a classifier's best label. `answer`: the best span. `tokens`: labels of all tokens. `next-token`: a language model's. `embedding`: no head; the score is the cosine with the undisturbed output. */
  readonly kind: 'label' | 'answer' | 'tokens' | 'next-token' | 'embedding';
  readonly text: string;
  /** Of `text`, 0..1 (regression: the raw value). */
  readonly score: number;
  /** The best alternatives, best first, at most 10; empty for `answer`, `tokens` and `embedding`. */
  readonly scores: readonly LabelScore[];
}

export interface AttentionWindow extends TextSpan {
  readonly tokens: number;
}

export interface AttentionOverview {
  readonly model: {
    readonly reference: string;
    readonly architecture: string;
    readonly task: TaskName | undefined;
    readonly precision: string;
    readonly device: string;
  };
  /** All windows of the text; `source.window` is the one shown. */
  readonly windows: readonly AttentionWindow[];
  readonly source: AttentionTokens;
  readonly target: AttentionTokens | undefined;
  readonly stacks: readonly AttentionStack[];
  readonly prediction: Prediction | undefined;
  readonly warnings: readonly TaskWarning[];
  /**
   * Maps of texts so long that all heads together would not fit: thumbnails come from maps pooled by this factor and a
   * head's full map is worked out when asked for. 1: all maps are held whole.
   */
  readonly pooling: number;
  /** Bytes held for the maps. */
  readonly bytes: number;
  /** Largest error of a weight by keeping it as a byte, as a share of its row's largest weight. */
  readonly quantisationError: number;
  /** Milliseconds: preparing the graph, loading the session (0 when there), the run with taps. */
  readonly ms: { readonly edit: number; readonly load: number; readonly run: number };
}

/**
 * A rectangle of a map. Weight of a cell = `cells[r * columns + c] / 255 * scales[r]`; rows of NaN have a NaN scale.
 * With `step` > 1 each cell stands for step x step tokens: the largest of them; in aggregates of pooled maps their mean.
 */
export interface AttentionMap {
  readonly rows: number;
  readonly columns: number;
  readonly step: number;
  readonly cells: Uint8Array;
  readonly scales: Float32Array;
}

export interface MapParams extends HeadAddress {
  readonly firstRow?: number;
  readonly firstColumn?: number;
  readonly rows?: number;
  readonly columns?: number;
  /** Default 1. */
  readonly step?: number;
}

export interface TokenWeightsParams {
  readonly stack: StackName;
  readonly layer: number;
  readonly token: number;
  /** `from`: what the token attends to (a row). `to`: who attends to it (a column). */
  readonly direction: 'from' | 'to';
}

/** Row-major, one row per head of the layer. */
export interface HeadWeights {
  readonly heads: number;
  readonly tokens: number;
  readonly weights: Float32Array;
}

/**
 * `mean`: over the heads of a layer, or of all layers without one. `rollout`: Abnar & Zuidema 2020, section 3: the
 * product over layers of (A + I) / 2 with A the mean over heads. `flow`: the same paper's maximum flow from one output token.
 */
export type AggregateParams =
  | { readonly kind: 'mean'; readonly stack: StackName; readonly layer?: number }
  | { readonly kind: 'rollout'; readonly stack: 'encoder' | 'decoder' }
  | { readonly kind: 'flow'; readonly stack: 'encoder' | 'decoder'; readonly token: number };

/** Patterns that a head is named after when more than half of its attention follows it. */
export const headPatterns = ['first', 'separator', 'diagonal', 'previous', 'next'] as const;
export type HeadPattern = (typeof headPatterns)[number];

export interface HeadSummary extends HeadAddress {
  /** Mean over rows of the entropy in bits, and as a share of the largest possible (uniform over the visible tokens). */
  readonly entropy: number;
  readonly relativeEntropy: number;
  /** Mean of |query - key| in tokens, weighted by attention; NaN for cross-attention. All measures are NaN for a head of NaN rows only. */
  readonly distance: number;
  /** Share of all attention that follows each pattern, 0..1; NaN where it cannot be told (pooled maps; positions in cross-attention). */
  readonly shares: Readonly<Record<HeadPattern, number>>;
  readonly pattern: HeadPattern | undefined;
}

export interface Attribution {
  /** What was taken away: character ranges of `text` (or of `question` where `sequence` is 0 in a pair). */
  readonly units: readonly (TextSpan & { readonly sequence: number })[];
  /** How far the prediction's score fell without the unit; negative: it rose. One per unit. */
  readonly drops: Float32Array;
  readonly base: Prediction;
  /** Curves of the score as units are taken away, largest first, at 0, 10, ..., 100 % of the units. */
  readonly curves: readonly DeletionCurve[];
}
export interface DeletionCurve {
  /** By whose ranking: occlusion's own, attention's (mean of the last layer from the output token), rollout's, or chance (mean of 5). */
  readonly by: 'occlusion' | 'attention' | 'rollout' | 'random';
  readonly scores: Float32Array;
  /** Area under the curve over base score, 0..1: the smaller, the better the ranking explains the prediction. */
  readonly area: number;
}

export interface MaskOutcome {
  readonly before: Prediction;
  readonly after: Prediction;
  /** Score of the label that was best before, with the heads off. */
  readonly kept: number;
}
export interface HeadImportance {
  readonly base: Prediction;
  /** Fall of the score when the head is off, per stack: [layers x largest number of heads], NaN where there is no head. */
  readonly stacks: readonly { readonly name: StackName; readonly drops: Float32Array }[];
}

/** Position encodings of a model. Row-major [positions, width]. */
export interface PositionEncodings {
  readonly kind: 'learned' | 'sinusoidal' | 'rotary' | 'relative' | 'none';
  readonly positions: number;
  readonly width: number;
  readonly values: Float32Array;
  /** Cosine of every pair of positions, [positions, positions]. */
  readonly similarity: Float32Array;
  /** Where it was read: the initializer's name, or how it was computed. */
  readonly origin: string;
}

/** What a figure shows; everything else about it (colours, fonts, labels) is the exporter's. */
export type FigureSpec = {
  readonly theme: 'light' | 'dark';
  /** Pixels per CSS pixel, for PNG. */
  readonly scale: number;
  /** Sub-word tokens joined to words: mean over the word's rows, sum over its columns. */
  readonly words: boolean;
} & (
  | { readonly view: 'matrix'; readonly at: HeadAddress }
  | { readonly view: 'overview'; readonly stack: StackName }
  | {
      readonly view: 'links';
      readonly stack: StackName;
      readonly layer: number;
      readonly heads: readonly number[];
      /** Lines per token at most, and the smallest weight drawn. */
      readonly topK: number;
      readonly threshold: number;
      /** Only this query token's lines. */
      readonly token?: number;
    }
  | {
      readonly view: 'text';
      readonly at: HeadAddress;
      readonly token: number;
      readonly direction: 'from' | 'to';
    }
);

export const exportFormats = ['svg', 'pdf', 'png', 'html', 'csv', 'npz'] as const;
export type ExportFormat = (typeof exportFormats)[number];

export interface ExportParams {
  readonly format: ExportFormat;
  /** Absolute path of the file to write. */
  readonly file: string;
  readonly overwrite: boolean;
  /** For svg, pdf, png and, as the view opened first, html; csv: which head (`at`) or layer. npz: ignored. */
  readonly figure: FigureSpec;
}
export interface Exported {
  readonly file: string;
  readonly bytes: number;
  readonly warnings: readonly TaskWarning[];
}

/** Everything that can be asked about a source: name -> parameters and result. */
export interface AttentionQueries {
  overview: { params: Readonly<Record<string, never>>; result: AttentionOverview };
  map: { params: MapParams; result: AttentionMap };
  tokenWeights: { params: TokenWeightsParams; result: HeadWeights };
  aggregate: { params: AggregateParams; result: AttentionMap };
  summaries: { params: Readonly<Record<string, never>>; result: readonly HeadSummary[] };
  attribution: { params: { readonly unit: 'word' | 'token' }; result: Attribution };
  mask: { params: { readonly heads: readonly HeadAddress[] }; result: MaskOutcome };
  importance: { params: Readonly<Record<string, never>>; result: HeadImportance };
  positions: { params: { readonly limit: number }; result: PositionEncodings };
  export: { params: ExportParams; result: Exported };
}
export type AttentionQueryName = keyof AttentionQueries;
export type AttentionParams<K extends AttentionQueryName> = AttentionQueries[K]['params'];
export type AttentionResult<K extends AttentionQueryName> = AttentionQueries[K]['result'];
