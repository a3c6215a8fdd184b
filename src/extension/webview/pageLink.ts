import {
  AbstractMessageReader,
  AbstractMessageWriter,
  createMessageConnection,
  type DataCallback,
  type Disposable as Listener,
  type Message,
  type MessageConnection,
  type MessageReader,
  type MessageWriter,
} from 'vscode-jsonrpc/node';
import { DisposableStore, type Disposable } from '../../shared/disposable.ts';
import { withOwnBuffers } from './ownBuffers.ts';

/** What a link posts through: a vscode.Webview, or a test's stand-in. */
export interface Post {
  postMessage(message: unknown): Thenable<boolean>;
}

/**
 * A JSON-RPC connection to one life of a webview's page: from its first message until it is hidden, loaded anew or
 * closed. Once disposed it sends nothing more, for a later life counts its requests from 0 again and would take an old
 * answer for its own.
 */
export class PageLink implements Disposable {
  readonly connection: MessageConnection;
  readonly #disposables = new DisposableStore();
  readonly #end = new AbortController();
  readonly #reader = new PostedReader();

  constructor(post: Post) {
    const writer = new PostingWriter(post, () => !this.#end.signal.aborted);
    this.connection = this.#disposables.add(createMessageConnection(this.#reader, writer));
    this.#disposables.defer(() => this.#end.abort());
  }

  /** Aborts with the link: whatever is under way for the page is of no use any more. */
  get signal(): AbortSignal {
    return this.#end.signal;
  }

  /** Hands over what the page has posted. */
  receive(message: unknown): void {
    if (isMessage(message)) this.#reader.deliver(message);
  }

  dispose(): void {
    this.#disposables.dispose();
  }
}

export function isMessage(value: unknown): value is Message & { readonly method?: unknown } {
  return typeof value === 'object' && value !== null && 'jsonrpc' in value && value.jsonrpc === '2.0';
}

class PostedReader extends AbstractMessageReader implements MessageReader {
  #callback: DataCallback | undefined;

  listen(callback: DataCallback): Listener {
    this.#callback = callback;
    return { dispose: () => (this.#callback = undefined) };
  }

  deliver(message: Message): void {
    this.#callback?.(message);
  }
}

class PostingWriter extends AbstractMessageWriter implements MessageWriter {
  readonly #post: Post;
  readonly #isOpen: () => boolean;

  constructor(post: Post, isOpen: () => boolean) {
    super();
    this.#post = post;
    this.#isOpen = isOpen;
  }

  async write(message: Message): Promise<void> {
    // What a page that is hidden or gone cannot receive, it asks for again when it is there.
    if (this.#isOpen()) await this.#post.postMessage(withOwnBuffers(message));
  }

  end(): void {
    // A webview has no end of its own to tell.
  }
}
