import type { Drawing } from './results/drawings.ts';
import type { TrackedRun } from './results/run.ts';
import type { AttentionShown } from '../shared/attentionPanel.ts';
import type { Disposable } from '../shared/disposable.ts';
import type { InferenceInfo, InferenceState } from '../shared/inferenceProtocol.ts';
import type { TextSpan } from '../shared/textSpan.ts';

export interface AttentionPanelState {
  readonly title: string;
  readonly isVisible: boolean;
  readonly shown: AttentionShown;
  /** Queries of its page that are under way. */
  readonly pending: number;
}

/** What `activate` gives to other extensions and to tests. Reading only; ask for work through the commands. */
export interface LoupeApi {
  readonly version: 1;
  /** The results kept, newest first, each with where its parts are now. */
  results(): readonly TrackedRun[];
  readonly onDidChangeResults: (listener: () => void) => Disposable;
  /** What is drawn in a document, by its URI as text. */
  drawings(uri: string): readonly Drawing[];
  /** The attention panels of this window, oldest first. */
  attentionPanels(): readonly AttentionPanelState[];
  /** What attention panels light up in a document, by its URI as text. */
  attentionHighlights(uri: string): readonly TextSpan[];
  inferenceState(): InferenceState;
  /** What the inference process says of itself; starts it when it does not run. */
  inferenceInfo(): Promise<InferenceInfo>;
}
