import type { MessageConnection } from 'vscode-jsonrpc/browser';
import { NotificationType, RequestType, RequestType0 } from 'vscode-jsonrpc/browser';
import type {
  AttentionAction,
  AttentionCursor,
  AttentionExportParams,
  AttentionExportResult,
  AttentionHighlight,
  AttentionReady,
  AttentionShown,
} from '../../src/shared/attentionPanel.ts';
import { attentionPanelMethods as methods } from '../../src/shared/attentionPanel.ts';
import type { ErrorData } from '../../src/shared/errors.ts';
import { fromHost } from '../common/rpcData.ts';

const types = {
  ready: new RequestType0<AttentionReady, ErrorData>(methods.ready),
  export: new RequestType<AttentionExportParams, AttentionExportResult, ErrorData>(methods.export),
  act: new RequestType<AttentionAction, null, ErrorData>(methods.act),
  highlight: new NotificationType<AttentionHighlight>(methods.highlight),
  show: new NotificationType<AttentionShown>(methods.show),
  cursor: new NotificationType<AttentionCursor>(methods.cursor),
} as const;

/** The panel's side of its link to the host, typed. Every request rejects with a `LoupeError`. */
export class HostLink {
  readonly #connection: MessageConnection;

  /** @param connection not yet listening: the first `ready` starts it */
  constructor(connection: MessageConnection) {
    this.#connection = connection;
  }

  get connection(): MessageConnection {
    return this.#connection;
  }

  ready(): Promise<AttentionReady> {
    this.#connection.listen();
    return this.#connection.sendRequest(types.ready).catch(rethrow);
  }

  export(params: AttentionExportParams): Promise<AttentionExportResult> {
    return this.#connection.sendRequest(types.export, params).catch(rethrow);
  }

  async act(action: AttentionAction): Promise<void> {
    await this.#connection.sendRequest(types.act, action).catch(rethrow);
  }

  highlight(highlight: AttentionHighlight): Promise<void> {
    return this.#connection.sendNotification(types.highlight, highlight);
  }

  onShow(listener: (shown: AttentionShown) => void): void {
    this.#connection.onNotification(types.show, listener);
  }

  onCursor(listener: (cursor: AttentionCursor) => void): void {
    this.#connection.onNotification(types.cursor, listener);
  }
}

const rethrow = (thrown: unknown): never => {
  throw fromHost(thrown);
};
