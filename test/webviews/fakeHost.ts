// A panel's host that lives in the page: answers from a made-up file, and writes down what it was asked. Bundled by panelPage.ts.
import {
  AbstractMessageReader,
  AbstractMessageWriter,
  ResponseError,
  createMessageConnection,
} from 'vscode-jsonrpc/browser';
import type {
  CancellationToken,
  DataCallback,
  Disposable,
  Message,
  MessageConnection,
} from 'vscode-jsonrpc/browser';
import type { AttentionFile } from '../../src/shared/attentionFile.ts';
import type {
  AttentionPersisted,
  AttentionQueryParams,
  AttentionReady,
  AttentionShown,
  AttentionSide,
} from '../../src/shared/attentionPanel.ts';
import { attentionPanelMethods as methods } from '../../src/shared/attentionPanel.ts';
import { attentionStrings } from '../../src/shared/attentionStrings.ts';
import { LoupeError } from '../../src/shared/errors.ts';
import { warningTemplates } from '../../src/shared/taskProtocol.ts';
import { FileData } from '../../webviews/common/file/fileData.ts';
import { madeUpAnswers } from './madeUpAnswers.ts';

/** What a test asks of the page. */
export interface FakeHost {
  /** Names and parameters of everything the page has asked for, in order. */
  readonly asked: { method: string; params: unknown; isCancelled: boolean }[];
  readonly persisted: () => AttentionPersisted | undefined;
  show(sides: readonly AttentionSide[], isFollowing?: boolean): void;
  cursor(side: number, start: number, end: number): void;
  /** The next question of this name fails with this error. */
  failNext(name: string, code: 'inference-crashed' | 'attention-none'): void;
  /** Milliseconds every answer takes. */
  delay: number;
}

interface FakeWindow {
  readonly fakeFiles: readonly AttentionFile[];
  /** What an earlier page of this panel kept. */
  readonly fakeState?: AttentionPersisted;
  acquireVsCodeApi: () => unknown;
  host: () => FakeHost;
}

const target = window as unknown as FakeWindow;

/** Messages are cloned on their way, as VS Code does. */
class PageReader extends AbstractMessageReader {
  callback: DataCallback | undefined;
  override listen(callback: DataCallback): Disposable {
    this.callback = callback;
    return { dispose: () => (this.callback = undefined) };
  }
}
class PageWriter extends AbstractMessageWriter {
  write(message: Message): Promise<void> {
    window.postMessage(message, '*');
    return Promise.resolve();
  }
  end(): void {
    this.dispose();
  }
}

const reader = new PageReader();
const connection: MessageConnection = createMessageConnection(reader, new PageWriter());
let state = target.fakeState;
let version = 1;
const failing = new Map<string, 'inference-crashed' | 'attention-none'>();
const datas = target.fakeFiles.map((file) => new FileData(file));
const sideOf = (file: AttentionFile, window = 0): AttentionSide => ({
  title: file.title,
  isLinked: true,
  source: {
    model: file.model.reference,
    text: file.text ?? '',
    ...(file.question !== undefined && { question: file.question }),
    window,
    generate: 0,
  },
});
let shown: AttentionShown = {
  version,
  sides: target.fakeFiles.slice(0, 1).map((file) => sideOf(file)),
  isFollowing: false,
  documents: [{ uri: 'file:///review.txt', start: 0 }],
};

const host: FakeHost = {
  asked: [],
  delay: 0,
  persisted: () => state,
  show(sides, isFollowing = false) {
    shown = { version: ++version, sides, isFollowing, documents: sides.map(() => undefined) };
    void connection.sendNotification(methods.show, shown);
  },
  cursor: (side, start, end) =>
    void connection.sendNotification(methods.cursor, { side, span: { start, end } }),
  failNext: (name, code) => void failing.set(name, code),
};
target.host = () => host;
target.acquireVsCodeApi = () => ({
  postMessage: (message: unknown) =>
    queueMicrotask(() => reader.callback?.(structuredClone(message) as Message)),
  getState: () => state,
  setState: (next: AttentionPersisted) => (state = structuredClone(next)),
});

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

connection.onRequest(methods.ready, (): AttentionReady => ({
  shown,
  view: undefined,
  strings: attentionStrings,
  warnings: warningTemplates,
  locale: 'en',
}));
connection.onRequest(methods.query, async (params: AttentionQueryParams, token: CancellationToken) => {
  const entry = { method: params.name, params: params.params, isCancelled: false };
  host.asked.push(entry);
  token.onCancellationRequested(() => (entry.isCancelled = true));
  if (host.delay > 0) await wait(host.delay);
  const code = failing.get(params.name);
  if (code) {
    failing.delete(params.name);
    const error = new LoupeError(code, { reason: 'signal SIGKILL', model: 'starter:sentiment-en' });
    return new ResponseError(1, error.message, error.toData());
  }
  const data = datas[params.side];
  const file = target.fakeFiles[params.side];
  if (!data || !file) return new ResponseError(2, 'no such side');
  const made = await madeUpAnswers(file, data, params.name, params.params);
  if (made !== undefined) return made;
  const options = { signal: new AbortController().signal, onProgress: () => undefined };
  return data.ask(params.name, params.params, options);
});
for (const method of [methods.export, methods.act])
  connection.onRequest(method, (params: unknown) => {
    host.asked.push({ method, params, isCancelled: false });
    return method === methods.export ? { file: '/home/ana/figure.svg' } : null;
  });
connection.onNotification(methods.highlight, (params: unknown) => {
  host.asked.push({ method: methods.highlight, params, isCancelled: false });
});
connection.listen();
