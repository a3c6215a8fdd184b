import type {
  AttentionParams,
  AttentionQueryName,
  AttentionResult,
  AttentionSource,
  ExportFormat,
  FigureSpec,
  HeadAddress,
  StackName,
} from './attentionProtocol.ts';
import type { AttentionStrings } from './attentionStrings.ts';
import type { WarningCode } from './taskProtocol.ts';
import type { TextSpan } from './textSpan.ts';

/** The views of the panel, in the order of their tabs. */
export const attentionViews = [
  'overview',
  'matrix',
  'links',
  'text',
  'summary',
  'attribution',
  'heads',
  'positions',
] as const;
export type AttentionView = (typeof attentionViews)[number];

/** Where the person is in the panel. Kept by the webview (`setState`) and given back by the serializer after a reload. */
export interface AttentionViewState {
  readonly view: AttentionView;
  readonly stack: StackName;
  readonly layer: number;
  readonly head: number;
  /** Heads shown in the links view. */
  readonly heads: readonly number[];
  /** The chosen token; stays while layers and heads change. */
  readonly token: number | undefined;
  readonly direction: 'from' | 'to';
  readonly words: boolean;
  /** Segment filter of pairs: only queries and keys of these sequences; undefined: all. */
  readonly querySegment: number | undefined;
  readonly keySegment: number | undefined;
  readonly topK: number;
  readonly threshold: number;
  /** Heads switched off, in the heads view. */
  readonly masked: readonly HeadAddress[];
}

/** One side of the panel: what is looked at, and how its document is called. */
export interface AttentionSide {
  readonly source: AttentionSource;
  /** File name and line of the passage; the model's short name. For headings. */
  readonly title: string;
  /** Whether the passage is still in a document, so that hovering can light it up. */
  readonly isLinked: boolean;
}

/** What the panel shows. A snapshot, never a delta; a later version replaces an earlier one. */
export interface AttentionShown {
  readonly version: number;
  /** One side, or two to compare. */
  readonly sides: readonly AttentionSide[];
  /** Whether the panel follows the editor's selection. */
  readonly isFollowing: boolean;
  /** Where each side's passage stands, to be kept for the serializer. */
  readonly documents: readonly (AttentionPlace | undefined)[];
}

/** A passage's document and its first character in it (UTF-16). Of a notebook's cell, the cell's own document. */
export interface AttentionPlace {
  readonly uri: string;
  readonly start: number;
}

/** What the webview keeps for the serializer (`setState`); the host reads it when it revives the panel. */
export interface AttentionPersisted {
  readonly sides: readonly AttentionSide[];
  /** As in `AttentionShown`; undefined (null once it was JSON) when there is none. */
  readonly documents: readonly (AttentionPlace | undefined)[];
  readonly isFollowing: boolean;
  readonly view: AttentionViewState | undefined;
}

/** Methods of the link between the panel's webview and its host. Names are those on the wire. */
export const attentionPanelMethods = {
  /** Webview -> host, first call. */
  ready: 'attention/ready',
  /**
   * Webview -> host: `AttentionQueryParams`, answered by the inference process. Cancellable; progress comes as jsonrpc
   * progress (`ProgressType<TaskProgress>`) under the request's token. Errors carry `LoupeError.toData()` as data, its
   * `message` translated by the host.
   */
  query: 'attention/query',
  /** Webview -> host: asks where to save and saves. */
  export: 'attention/export',
  /** Webview -> host: an action that needs the editor's own dialogs. */
  act: 'attention/act',
  /** Webview -> host, notification: light up (or, with nothing, stop lighting up) characters in the document. */
  highlight: 'attention/highlight',
  /** Host -> webview, notification: `AttentionShown`. */
  show: 'attention/show',
  /** Host -> webview, notification: the cursor stands at these characters of a side's text. */
  cursor: 'attention/cursor',
} as const;

export interface AttentionReady {
  readonly shown: AttentionShown;
  readonly view: AttentionViewState | undefined;
  readonly strings: AttentionStrings;
  /** Templates of warnings in the person's language, for `fillTemplate` with a `TaskWarning`'s details. */
  readonly warnings: Readonly<Record<WarningCode, string>>;
  /** BCP 47, for numbers. */
  readonly locale: string;
}

export interface AttentionQueryParams<K extends AttentionQueryName = AttentionQueryName> {
  readonly side: number;
  readonly version: number;
  readonly name: K;
  readonly params: AttentionParams<K>;
  /** Names the request in progress messages; the webview makes it up, unique on its connection. */
  readonly progress: number;
}
export type AttentionQueryResult<K extends AttentionQueryName> = AttentionResult<K>;

export interface AttentionExportParams {
  readonly side: number;
  readonly format: ExportFormat;
  readonly figure: FigureSpec;
}
/** Undefined: the person closed the dialog. */
export interface AttentionExportResult {
  readonly file: string | undefined;
}

export type AttentionAction =
  /** Another window of the same text. */
  | { readonly kind: 'window'; readonly side: number; readonly window: number }
  /** One more (or `tokens` more) generated token. */
  | { readonly kind: 'generate'; readonly side: number; readonly tokens: number }
  | { readonly kind: 'follow'; readonly on: boolean }
  | { readonly kind: 'compare-model' }
  | { readonly kind: 'compare-text' }
  | { readonly kind: 'stop-comparing' }
  | { readonly kind: 'choose-model'; readonly side: number }
  /** Writes the heads that are off to a file for pruning jobs; the host asks where. */
  | { readonly kind: 'save-mask'; readonly side: number; readonly heads: readonly HeadAddress[] }
  /** Moves the editor to characters of a side's text. */
  | { readonly kind: 'reveal'; readonly side: number; readonly span: TextSpan };

export interface AttentionHighlight {
  readonly side: number;
  /** In the side's text, with how strongly to tint each (0..1); empty: none. */
  readonly spans: readonly (TextSpan & { readonly weight: number })[];
}
export interface AttentionCursor {
  readonly side: number;
  readonly span: TextSpan | undefined;
}
