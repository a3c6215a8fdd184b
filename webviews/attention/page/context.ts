import type {
  AttentionAction,
  AttentionExportParams,
  AttentionExportResult,
  AttentionHighlight,
  AttentionViewState,
} from '../../../src/shared/attentionPanel.ts';
import type { Disposable } from '../../../src/shared/disposable.ts';
import type { WarningCode } from '../../../src/shared/taskProtocol.ts';
import type { Frames } from '../../common/frames.ts';
import type { Palettes } from '../../common/palettes.ts';
import type { Numbers, Say } from '../../common/say.ts';
import type { Theme } from '../../common/theme.ts';
import type { TemplateResult } from 'lit';
import type { Counterparts } from '../model/counterparts.ts';
import type { Side } from '../model/side.ts';
import type { ViewStore } from '../model/viewState.ts';

/** What a page can ask of the editor around it. An exported page and a notebook have none. */
export interface PageHost {
  act(action: AttentionAction): Promise<void>;
  export(params: AttentionExportParams): Promise<AttentionExportResult>;
  highlight(highlight: AttentionHighlight): void;
  /** Keeps where the person is for the next start of the page. */
  persist(state: AttentionViewState): void;
}

/** Tokens `first` to `end`, exclusive, of one side's text, and how strongly they count. */
export interface TokenMark {
  readonly along: 'queries' | 'keys';
  readonly first: number;
  readonly end: number;
  /** 0..1 */
  readonly weight: number;
}

/** What every view is given. */
export interface Context {
  readonly say: Say;
  readonly numbers: Numbers;
  readonly warnings: Readonly<Record<WarningCode, string>>;
  readonly store: ViewStore;
  readonly host: PageHost | undefined;
  readonly frames: Frames;
  readonly theme: () => Theme;
  readonly palettes: () => Palettes;
  readonly sides: () => readonly Side[];
  readonly counterparts: Counterparts;
  /** Draws the page again at the next frame. */
  readonly invalidate: () => void;
  /** Writes the status line. `aloud`: a screen reader says it (moves by keyboard, outcomes); not what the pointer passes. */
  readonly tell: (text: string, aloud: boolean) => void;
  /** Lights up tokens in a side's document; none: stops. */
  readonly light: (side: number, marks: readonly TokenMark[]) => void;
}

/** One tab of the page. */
export interface View extends Disposable {
  /** What stands above the picture. */
  controls(): readonly TemplateResult[];
  body(): TemplateResult;
  /** Brings the canvases up to date, once the body is in the document. */
  draw(): void;
  /** @returns whether the key was used */
  onKey(event: KeyboardEvent): boolean;
}
