import { randomBytes } from 'node:crypto';
import type { MessageConnection } from 'vscode-jsonrpc/node';
import * as vscode from 'vscode';
import { DisposableStore } from '../../shared/disposable.ts';
import { webviewPage } from './page.ts';
import { isMessage, PageLink } from './pageLink.ts';

export interface WebviewHostParts {
  readonly panel: vscode.WebviewPanel;
  readonly extensionUri: vscode.Uri;
  /** The page's script and style sheet in dist, without `.js` and `.css`. */
  readonly bundle: string;
  readonly locale: string;
  /** The page's first call; each one begins a life of the page. */
  readonly readyMethod: string;
  /** Registers the answers to a page's calls; `signal` aborts when that page is gone. */
  readonly serve: (connection: MessageConnection, signal: AbortSignal) => void;
}

/**
 * Fills a webview panel and keeps the link to its page. A hidden page is thrown away by VS Code
 * (no retainContextWhenHidden): its link ends with it, and the page asks for everything anew when it is shown again.
 */
export class WebviewHost implements vscode.Disposable {
  readonly #disposables = new DisposableStore();
  readonly #parts: WebviewHostParts;
  #link: PageLink | undefined;

  constructor(parts: WebviewHostParts) {
    this.#parts = parts;
    const { panel, extensionUri, bundle, locale } = parts;
    const dist = vscode.Uri.joinPath(extensionUri, 'dist');
    panel.webview.options = { enableScripts: true, localResourceRoots: [dist] };
    this.#disposables.add(
      panel.webview.onDidReceiveMessage((message: unknown) => {
        this.#receive(message);
      }),
    );
    this.#disposables.add(
      panel.onDidChangeViewState(() => {
        if (!panel.visible) this.#endPage();
      }),
    );
    this.#disposables.defer(() => this.#endPage());
    const address = (extension: string) =>
      panel.webview.asWebviewUri(vscode.Uri.joinPath(dist, `${bundle}.${extension}`)).toString();
    panel.webview.html = webviewPage({
      source: panel.webview.cspSource,
      nonce: randomBytes(18).toString('base64url'),
      script: address('js'),
      style: address('css'),
      locale,
      title: panel.title,
    });
  }

  /** The connection to the page that is there now; what is told to nobody is asked for by the next page. */
  get connection(): MessageConnection | undefined {
    return this.#link?.connection;
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #receive(message: unknown): void {
    if (!isMessage(message)) return;
    if (message.method === this.#parts.readyMethod) {
      this.#endPage();
      this.#link = new PageLink(this.#parts.panel.webview);
      this.#parts.serve(this.#link.connection, this.#link.signal);
      this.#link.connection.listen();
    }
    this.#link?.receive(message);
  }

  #endPage(): void {
    this.#link?.dispose();
    this.#link = undefined;
  }
}
