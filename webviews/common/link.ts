import type { DataCallback, Disposable, Message, MessageConnection } from 'vscode-jsonrpc/browser';
import {
  AbstractMessageReader,
  AbstractMessageWriter,
  createMessageConnection,
} from 'vscode-jsonrpc/browser';

/** The part of VS Code's webview handle (`acquireVsCodeApi()`) that a link needs. */
export interface MessagePoster {
  postMessage(message: unknown): void;
}

/** Reads jsonrpc messages that the host posts. Typed arrays arrive as such: messages are cloned, never written as JSON. */
class WindowReader extends AbstractMessageReader {
  readonly #window: Window;

  constructor(from: Window) {
    super();
    this.#window = from;
  }

  override listen(callback: DataCallback): Disposable {
    const onMessage = ({ data }: MessageEvent<unknown>): void => {
      if (isJsonRpc(data)) callback(data);
    };
    this.#window.addEventListener('message', onMessage);
    return { dispose: () => this.#window.removeEventListener('message', onMessage) };
  }
}

class HostWriter extends AbstractMessageWriter {
  readonly #host: MessagePoster;

  constructor(host: MessagePoster) {
    super();
    this.#host = host;
  }

  write(message: Message): Promise<void> {
    this.#host.postMessage(message);
    return Promise.resolve();
  }

  end(): void {
    this.dispose();
  }
}

/** Other scripts of the window (VS Code's own among them) post messages too. */
function isJsonRpc(data: unknown): data is Message {
  return typeof data === 'object' && data !== null && 'jsonrpc' in data;
}

/**
 * Connects the page with its host by vscode-jsonrpc over `postMessage`. Not listening yet: add handlers, then `listen()`.
 * @param host where messages go
 * @param from the window whose `message` events come from the host
 */
export function connectToHost(host: MessagePoster, from: Window): MessageConnection {
  return createMessageConnection(new WindowReader(from), new HostWriter(host));
}
