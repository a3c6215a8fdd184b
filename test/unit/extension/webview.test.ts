import assert from 'node:assert/strict';
import { RequestType, NotificationType, ResponseError, createMessageConnection } from 'vscode-jsonrpc/node';
import {
  AbstractMessageReader,
  AbstractMessageWriter,
  type DataCallback,
  type Message,
} from 'vscode-jsonrpc/node';
import { answerRequest } from '../../../src/extension/webview/answering.ts';
import { withOwnBuffers } from '../../../src/extension/webview/ownBuffers.ts';
import { webviewPage } from '../../../src/extension/webview/page.ts';
import { PageLink } from '../../../src/extension/webview/pageLink.ts';
import { LoupeError, type ErrorData } from '../../../src/shared/errors.ts';

describe('a panel’s page', () => {
  const html = webviewPage({
    source: 'https://webview.test',
    nonce: 'n0nce',
    script: 'https://webview.test/dist/a.js?"x"&y',
    style: 'https://webview.test/dist/a.css',
    locale: 'pt-br',
    title: 'Attention: <b>.md',
  });

  it('may load its own script and nothing else', () => {
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1]?.split('; ');
    assert.deepEqual(policy, [
      "default-src 'none'",
      "script-src 'nonce-n0nce'",
      "style-src https://webview.test 'nonce-n0nce'",
      'font-src https://webview.test',
      'img-src https://webview.test data: blob:',
    ]);
    assert.deepEqual(
      [...html.matchAll(/<script[^>]*nonce="([^"]*)"/g)].map(([, nonce]) => nonce),
      ['n0nce'],
    );
    assert.doesNotMatch(html, /unsafe-|http:|style="/);
  });

  it('is in the person’s language, and a file’s name cannot become markup', () => {
    assert.match(html, /<html lang="pt-br">/);
    assert.match(html, /<title>Attention: &lt;b&gt;\.md<\/title>/);
    assert.match(html, /src="https:\/\/webview\.test\/dist\/a\.js\?&quot;x&quot;&amp;y"/);
  });
});

describe('a message to a page', () => {
  it('carries each typed array alone, not the buffer that it is a part of', () => {
    const large = new ArrayBuffer(1_000_000);
    const sent = withOwnBuffers({
      cells: new Uint8Array(large, 16, 4),
      deep: [{ scales: new Float32Array(large, 16, 2), none: undefined }],
      bytes: Buffer.from('abc'),
    }) as { cells: Uint8Array; deep: { scales: Float32Array }[]; bytes: Uint8Array };
    assert.deepEqual(
      [sent.cells, sent.deep[0]!.scales, sent.bytes].map((view) => view.buffer.byteLength),
      [4, 8, 3],
    );
    assert.equal(Buffer.isBuffer(sent.bytes), false);
    assert.deepEqual([...sent.bytes], [97, 98, 99]);
    assert.ok(sent.deep[0]!.scales instanceof Float32Array);
  });

  it('keeps NaN in typed arrays', () => {
    const sent = withOwnBuffers({ scales: new Float32Array([NaN, 1]) }) as { scales: Float32Array };
    assert.deepEqual([...sent.scales], [NaN, 1]);
  });
});

/** The page's end: what the host posts arrives as `postMessage` clones it. */
const connect = () => {
  const posted: Message[] = [];
  let deliver: DataCallback = () => undefined;
  const host = new PageLink({
    postMessage: (message) => {
      posted.push(message as Message);
      deliver(structuredClone(message) as Message);
      return Promise.resolve(true);
    },
  });
  class Reader extends AbstractMessageReader {
    listen(callback: DataCallback) {
      deliver = callback;
      return { dispose: () => undefined };
    }
  }
  class Writer extends AbstractMessageWriter {
    write(message: Message) {
      host.receive(structuredClone(message));
      return Promise.resolve();
    }
    end() {
      return undefined;
    }
  }
  const page = createMessageConnection(new Reader(), new Writer());
  page.listen();
  return { host, page, posted };
};
const twice = new RequestType<{ n: number }, number, ErrorData>('twice');

describe('the link to a page', () => {
  it('answers requests, with failures as Loupe’s own errors in the person’s language', async () => {
    const { host, page } = connect();
    const { signal } = host;
    host.connection.onRequest(twice, ({ n }, token) =>
      answerRequest(
        token,
        signal,
        () => 'Sem texto.',
        () => (n > 0 ? Promise.resolve(n * 2) : Promise.reject(new LoupeError('text-empty'))),
      ),
    );
    host.connection.listen();
    assert.equal(await page.sendRequest(twice, { n: 2 }), 4);
    await assert.rejects(page.sendRequest(twice, { n: 0 }), (error) => {
      assert.ok(error instanceof ResponseError);
      assert.equal(error.message, 'Sem texto.');
      assert.deepEqual(error.data, { code: 'text-empty', details: {}, message: 'Sem texto.' });
      return true;
    });
  });

  it('takes no notice of what is no message', () => {
    const { host } = connect();
    host.connection.listen();
    for (const junk of [undefined, null, 'x', 7, [], { method: 'twice' }]) host.receive(junk);
  });

  it('once the page is gone, work under way is aborted and nothing is posted any more', async () => {
    const { host, page, posted } = connect();
    const ended: boolean[] = [];
    const { signal } = host;
    host.connection.onRequest(twice, (_, token) =>
      answerRequest(token, signal, String, async (own) => {
        await new Promise((resolve) => own.addEventListener('abort', resolve));
        ended.push(own.aborted);
        return 1;
      }),
    );
    host.connection.listen();
    void page.sendRequest(twice, { n: 1 }).catch(() => undefined);
    await new Promise(setImmediate);
    host.dispose();
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    assert.deepEqual(ended, [true]);
    assert.deepEqual(posted, []);
    assert.throws(() => host.connection.sendNotification(new NotificationType<number>('x'), 1));
  });
});
