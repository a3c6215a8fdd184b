import {
  NotificationType,
  ProgressType,
  RequestType,
  RequestType0,
  type MessageConnection,
} from 'vscode-jsonrpc/node';
import type * as vscode from 'vscode';
import { act, type ActionParts } from './actions.ts';
import { DownloadNotice } from './downloadNotice.ts';
import { Follower } from './follower.ts';
import { HighlightPainter } from './highlightPainter.ts';
import { isSameSource, type PanelModel } from './panelModel.ts';
import { PanelQueries } from './queries.ts';
import { translatedStrings, translatedWarnings } from './strings.ts';
import { debounce } from '../base/debounce.ts';
import type { Wording } from '../base/wording.ts';
import { progressReport } from '../inference/progressText.ts';
import type { ErrorPresenter } from '../messages/errorPresenter.ts';
import { errorText } from '../messages/texts.ts';
import { modelName } from '../../shared/modelName.ts';
import { answerRequest } from '../webview/answering.ts';
import { WebviewHost } from '../webview/webviewHost.ts';
import {
  attentionPanelMethods as methods,
  type AttentionAction,
  type AttentionCursor,
  type AttentionExportParams,
  type AttentionExportResult,
  type AttentionHighlight,
  type AttentionQueryParams,
  type AttentionReady,
  type AttentionShown,
  type AttentionViewState,
} from '../../shared/attentionPanel.ts';
import type { AttentionQueryName, AttentionResult, AttentionSource } from '../../shared/attentionProtocol.ts';
import { DisposableStore } from '../../shared/disposable.ts';
import type { ErrorData, LoupeError } from '../../shared/errors.ts';
import type { InferenceLink } from '../../shared/inferenceProtocol.ts';
import type { TaskProgress } from '../../shared/taskProtocol.ts';
import type { TextSpan } from '../../shared/textSpan.ts';

const link = {
  ready: new RequestType0<AttentionReady, ErrorData>(methods.ready),
  query: new RequestType<AttentionQueryParams, AttentionResult<AttentionQueryName>, ErrorData>(methods.query),
  export: new RequestType<AttentionExportParams, AttentionExportResult, ErrorData>(methods.export),
  act: new RequestType<AttentionAction, null, ErrorData>(methods.act),
  highlight: new NotificationType<AttentionHighlight>(methods.highlight),
  show: new NotificationType<AttentionShown>(methods.show),
  cursor: new NotificationType<AttentionCursor>(methods.cursor),
  progress: new ProgressType<TaskProgress>(),
} as const;

/** Milliseconds until a page has drawn an answer. */
const drawnMs = 150;

export interface AttentionPanelParts extends ActionParts {
  readonly extensionUri: vscode.Uri;
  readonly link: Pick<InferenceLink, 'attention'>;
  readonly ensureModel: (model: string) => Promise<void>;
  /** Address of the hub, for the words of a download's progress. */
  readonly hub: () => string;
  readonly errors: ErrorPresenter;
  readonly wording: Wording;
}

/** One attention panel: its page, what it shows, and its ties to the document. Disposing it closes the panel. */
export class AttentionPanel implements vscode.Disposable {
  readonly panel: vscode.WebviewPanel;
  readonly model: PanelModel;
  readonly #disposables = new DisposableStore();
  readonly #parts: AttentionPanelParts;
  readonly #view: AttentionViewState | undefined;
  readonly #queries: PanelQueries;
  readonly #painter: HighlightPainter;
  readonly #follower: Follower;
  readonly #host: WebviewHost;
  readonly #tellCursorSoon: () => void;
  /** What the page has the overview of, by side. */
  readonly #onPage = new Map<number, AttentionSource>();

  constructor(
    panel: vscode.WebviewPanel,
    model: PanelModel,
    view: AttentionViewState | undefined,
    parts: AttentionPanelParts,
  ) {
    this.panel = panel;
    this.model = model;
    this.#view = view;
    this.#parts = parts;
    this.#queries = new PanelQueries({ model, link: parts.link, ensureModel: parts.ensureModel });
    this.#painter = this.#disposables.add(new HighlightPainter(model));
    this.#follower = this.#disposables.add(
      new Follower({
        model,
        sides: parts.sides,
        tell: (cursor) => this.#tell((page) => page.sendNotification(link.cursor, cursor)),
        isOnPage: (side) => this.#isOnPage(side),
      }),
    );
    this.#tellCursorSoon = this.#disposables.add(debounce(drawnMs, () => this.#follower.tellAgain()));
    this.#setTitle();
    this.#disposables.add(model.onDidChange(() => this.#onChange()));
    this.#disposables.add(
      panel.onDidChangeViewState(() => {
        if (!panel.visible) this.#painter.clear();
      }),
    );
    this.#host = this.#disposables.add(
      new WebviewHost({
        panel,
        extensionUri: parts.extensionUri,
        bundle: 'attention-panel',
        locale: parts.wording.locale,
        readyMethod: methods.ready,
        serve: (connection, signal) => this.#serve(connection, signal),
      }),
    );
  }

  /** Queries of the page that are under way. */
  get pending(): number {
    return this.#queries.pending;
  }

  /** What is lit up in a document. */
  highlightsIn(uri: string): readonly TextSpan[] {
    return this.#painter.spansIn(uri);
  }

  dispose(): void {
    this.#disposables.dispose();
    this.panel.dispose();
  }

  #serve(connection: MessageConnection, signal: AbortSignal): void {
    const { wording } = this.#parts;
    const say = (error: LoupeError) => errorText(error, wording);
    connection.onRequest(link.ready, () => {
      this.#onPage.clear();
      return this.#ready();
    });
    connection.onRequest(link.query, (params, token) =>
      answerRequest(token, signal, say, (ended) => this.#ask(params, ended, connection)),
    );
    connection.onRequest(link.export, (params, token) =>
      answerRequest(token, signal, say, () => this.#told(() => this.#export(params))),
    );
    connection.onRequest(link.act, (action, token) =>
      answerRequest(token, signal, say, async () => {
        await this.#told(() => act(action, this.model, this.#parts));
        return null;
      }),
    );
    connection.onNotification(link.highlight, (highlight) => this.#painter.set(highlight));
  }

  async #ask(params: AttentionQueryParams, ended: AbortSignal, connection: MessageConnection) {
    const { wording, hub } = this.#parts;
    const controller = new AbortController();
    const abort = () => controller.abort();
    ended.addEventListener('abort', abort, { once: true });
    if (ended.aborted) abort();
    const model = this.model.sides[params.side]?.source.model ?? '';
    const notice = new DownloadNotice(wording.t('Loading {model}', { model: modelName(model) }), abort);
    try {
      const source = this.model.sourceOf(params.side, params.version);
      const answer = await this.#queries.ask(params, {
        signal: controller.signal,
        onProgress: (progress) => {
          void connection.sendProgress(link.progress, params.progress, progress);
          if (progress.kind === 'download') notice.tell(progressReport(progress, hub(), wording));
        },
      });
      if (params.name === 'overview' && source !== undefined) this.#noteOnPage(params.side, source);
      return answer;
    } finally {
      notice.end();
      ended.removeEventListener('abort', abort);
    }
  }

  /** The page has a side's tokens, once it has drawn them: from then on the cursor means something to it. */
  #noteOnPage(side: number, source: AttentionSource): void {
    this.#onPage.set(side, source);
    this.#tellCursorSoon();
  }

  #isOnPage(side: number): boolean {
    const [now, onPage] = [this.model.sides[side]?.source, this.#onPage.get(side)];
    return now !== undefined && onPage !== undefined && isSameSource(now, onPage);
  }

  #ready(): AttentionReady {
    const { wording } = this.#parts;
    return {
      shown: this.model.shown,
      view: this.#view,
      strings: translatedStrings(wording),
      warnings: translatedWarnings(wording),
      locale: wording.locale,
    };
  }

  async #export({ side, format, figure }: AttentionExportParams): Promise<AttentionExportResult> {
    const shown = this.model.sides[side];
    return { file: shown && (await this.#parts.exporter.export(shown, format, figure)) };
  }

  /** What fails of what the person started in the editor's own dialogs is told there too. */
  async #told<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      this.#parts.errors.show(error);
      throw error;
    }
  }

  #onChange(): void {
    this.#setTitle();
    this.#queries.dropStale();
    this.#tell((page) => page.sendNotification(link.show, this.model.shown));
  }

  #setTitle(): void {
    const names = this.model.sides.map(({ passage, label }) => passage?.document.name ?? label);
    const file = [...new Set(names)].join(', ');
    this.panel.title = this.#parts.wording.t('Attention: {file}', { file });
  }

  /** A page that is not there asks for what is shown when it comes. */
  #tell(send: (connection: MessageConnection) => Promise<void>): void {
    const { connection } = this.#host;
    if (connection !== undefined) void send(connection);
  }
}
