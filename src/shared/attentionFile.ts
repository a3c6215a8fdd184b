import type { FigureSpec, HeadSummary, Prediction, StackName } from './attentionProtocol.ts';
import type { TaskName } from './taskProtocol.ts';

/** MIME type of notebook outputs that hold an `AttentionFile`. */
export const attentionMimeType = 'application/vnd.loupe.attention+json';

/**
 * Maps that travel by themselves, as JSON: inside an exported HTML page, and as the output of a Python notebook
 * (`loupe_attention.show`). Version 1.
 */
export interface AttentionFile {
  readonly format: 'loupe-attention';
  readonly version: 1;
  readonly title: string;
  readonly model: {
    readonly reference: string;
    readonly architecture?: string;
    readonly task?: TaskName;
    readonly precision?: string;
  };
  readonly text?: string;
  readonly question?: string;
  readonly targetText?: string;
  readonly source: AttentionFileTokens;
  readonly target?: AttentionFileTokens;
  readonly stacks: readonly AttentionFileStack[];
  readonly prediction?: Prediction;
  readonly summaries?: readonly HeadSummary[];
  /** The view to open first. */
  readonly figure?: FigureSpec;
}

/** As `AttentionTokens`; what is absent is unknown: no offsets, no specials, one sequence, every token a word. */
export interface AttentionFileTokens {
  readonly pieces: readonly string[];
  readonly ids?: readonly number[];
  readonly offsets?: readonly number[];
  readonly sequence?: readonly number[];
  readonly special?: readonly number[];
  readonly words?: readonly number[];
  readonly generated?: readonly number[];
}

export interface AttentionFileStack {
  readonly name: StackName;
  readonly queries: 'source' | 'target';
  readonly keys: 'source' | 'target';
  readonly layers: readonly AttentionFileLayer[];
}

/** Weight of a cell = `cells / 255 * scales[row]`, as in `AttentionMap`. */
export interface AttentionFileLayer {
  readonly node?: string;
  readonly heads: number;
  readonly queries: number;
  readonly keys: number;
  /** Base64 of gzip of bytes [heads, queries, keys]. */
  readonly cells: string;
  /** Base64 of little-endian float32 [heads, queries]. */
  readonly scales: string;
}
