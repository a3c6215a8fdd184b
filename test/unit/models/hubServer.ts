import { createHash } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { toBytes, type FolderFiles } from './modelFolders.ts';

/** What goes wrong with one answer for a file; faults of a file are used up in order, then it is served well. */
export type Fault =
  /** The connection breaks after so many bytes of the body. */
  | { readonly kind: 'drop'; readonly after: number }
  /** So many bytes of the body, then silence. */
  | { readonly kind: 'stall'; readonly after: number }
  /** A shorter file that looks whole: Content-Length is the shorter one's. */
  | { readonly kind: 'truncate'; readonly to: number }
  /** One byte of the body is another. */
  | { readonly kind: 'corrupt' }
  | { readonly kind: 'ignoreRange' }
  /** Compressed, though that was not asked for. */
  | { readonly kind: 'gzip' }
  | { readonly kind: 'status'; readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  | { readonly kind: 'page' };

export interface HubOptions {
  readonly files: FolderFiles;
  readonly id?: string;
  readonly revisions?: readonly string[];
  /** Whether there is an API that lists files; a plain mirror has none. */
  readonly api?: boolean;
  /** Whether ETags and checksums are sent. */
  readonly checksums?: boolean;
  /** Files on a page of the list; 0: the endpoint has no list with sizes. */
  readonly pageSize?: number;
}

export interface HubRequest {
  readonly path: string;
  readonly range: string | undefined;
}

const commit = 'c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00';

/** A model hub on the loopback interface, as far as Loupe uses one: resolve with redirect to a store, API, ranges. */
export class HubServer {
  readonly requests: HubRequest[] = [];
  readonly #faults = new Map<string, Fault[]>();
  readonly #server: http.Server;
  readonly #options: Required<HubOptions>;

  constructor(options: HubOptions) {
    this.#options = {
      id: 'acme/tiny',
      revisions: ['main'],
      api: true,
      checksums: true,
      pageSize: 1000,
      ...options,
    };
    this.#server = http.createServer((request, response) => this.#answer(request, response));
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get commit(): string {
    return commit;
  }

  fail(file: string, ...faults: readonly Fault[]): void {
    this.#faults.set(file, [...faults]);
  }

  /** Ranges asked for of a file, in order; '' for a whole one. */
  rangesOf(file: string): readonly string[] {
    return this.requests.filter(({ path }) => path === `/store/${file}`).map(({ range }) => range ?? '');
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(request: http.IncomingMessage, response: http.ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://hub');
    this.requests.push({ path: url.pathname, range: request.headers.range });
    const { id } = this.#options;
    if (url.pathname.startsWith('/api/')) this.#answerApi(url, response);
    else if (url.pathname.startsWith(`/${id}/resolve/`)) this.#redirect(url.pathname, response);
    else if (url.pathname.startsWith('/store/'))
      this.#serve(decodeURIComponent(url.pathname.slice('/store/'.length)), request, response);
    else response.writeHead(401, { 'x-error-code': 'RepoNotFound' }).end('Invalid username or password.');
  }

  #answerApi(url: URL, response: http.ServerResponse): void {
    const { pathname } = url;
    const { id, api, files, revisions, checksums } = this.#options;
    if (!api) return void response.writeHead(404).end();
    const [, revision] = /^\/api\/models\/[^/]+\/[^/]+\/revision\/(.*)$/.exec(pathname) ?? [];
    if (!pathname.startsWith(`/api/models/${id}/`))
      return void response.writeHead(401, { 'x-error-code': 'RepoNotFound' }).end('{}');
    if (revision !== undefined && !revisions.includes(decodeURIComponent(revision)))
      return void response.writeHead(404, { 'x-error-code': 'RevisionNotFound' }).end('{}');
    const entries = Object.entries(files).map(([path, content]) =>
      treeEntry(path, toBytes(content), checksums),
    );
    if (revision === undefined) this.#answerTree(url, entries, response);
    else sendJson(response, { sha: commit, siblings: entries.map(({ path }) => ({ rfilename: path })) });
  }

  #answerTree(url: URL, entries: readonly object[], response: http.ServerResponse): void {
    const { pageSize } = this.#options;
    if (pageSize === 0) return void response.writeHead(404).end();
    const page = Number(url.searchParams.get('cursor') ?? 0);
    const next = `<${this.endpoint}${url.pathname}?recursive=true&cursor=${page + 1}>; rel="next"`;
    sendJson(
      response,
      entries.slice(page * pageSize, (page + 1) * pageSize),
      (page + 1) * pageSize < entries.length ? { link: next } : {},
    );
  }

  #redirect(pathname: string, response: http.ServerResponse): void {
    const [revision = '', ...rest] = pathname.slice(`/${this.#options.id}/resolve/`.length).split('/');
    const file = decodeURIComponent(rest.join('/'));
    const content = this.#options.files[file];
    if (![commit, ...this.#options.revisions].includes(decodeURIComponent(revision)))
      return void response.writeHead(404, { 'x-error-code': 'RevisionNotFound' }).end();
    if (content === undefined) return void response.writeHead(404, { 'x-error-code': 'EntryNotFound' }).end();
    response.writeHead(302, {
      location: `/store/${rest.join('/')}`,
      ...(this.#options.checksums && {
        'x-linked-etag': `"${sha256(toBytes(content))}"`,
        'x-linked-size': String(toBytes(content).length),
      }),
    });
    response.end();
  }

  #serve(file: string, request: http.IncomingMessage, response: http.ServerResponse): void {
    const whole = toBytes(this.#options.files[file] ?? '');
    const fault = this.#faults.get(file)?.shift();
    if (fault?.kind === 'status') return void response.writeHead(fault.status, fault.headers ?? {}).end();
    if (fault?.kind === 'page')
      return void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Log in</html>');
    if (fault?.kind === 'gzip')
      return void response
        .writeHead(200, { 'content-encoding': 'gzip', 'content-length': gzipSync(whole).length })
        .end(gzipSync(whole));
    const content = damaged(whole, fault);
    const etag = `"${sha256(whole).slice(0, 16)}"`;
    const start = fault?.kind === 'ignoreRange' ? 0 : startOf(request, etag);
    if (start >= content.length && start > 0)
      return void response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end();
    const body = content.subarray(start);
    response.writeHead(start > 0 ? 206 : 200, {
      'content-length': body.length,
      ...(this.#options.checksums && { etag }),
      ...(start > 0 && { 'content-range': `bytes ${start}-${content.length - 1}/${content.length}` }),
    });
    if (fault?.kind === 'drop') breakOff(response, body.subarray(0, fault.after));
    else if (fault?.kind === 'stall') response.write(body.subarray(0, fault.after));
    else response.end(body);
  }
}

function sendJson(
  response: http.ServerResponse,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

/** A little later, because a reset takes along what the other side has not read yet. */
function breakOff(response: http.ServerResponse, body: Buffer): void {
  response.write(body, () => setTimeout(() => response.destroy(), 20));
}

function startOf(request: http.IncomingMessage, etag: string): number {
  const condition = request.headers['if-range'];
  if (condition !== undefined && condition !== etag) return 0;
  return Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
}

function damaged(whole: Buffer, fault: Fault | undefined): Buffer {
  if (fault?.kind === 'truncate') return whole.subarray(0, fault.to);
  if (fault?.kind !== 'corrupt') return whole;
  const copy = Buffer.from(whole);
  copy[copy.length - 1] = (copy.at(-1) ?? 0) ^ 1;
  return copy;
}

function treeEntry(path: string, content: Buffer, checksums: boolean): { readonly path: string } {
  const size = content.length;
  if (!checksums) return { path, ...{ type: 'file' } };
  const large = path.includes('.onnx');
  const oid = createHash('sha1').update(`blob ${size}\0`).update(content).digest('hex');
  return {
    path,
    ...{ type: 'file', size, oid: large ? '0'.repeat(40) : oid },
    ...(large && { lfs: { oid: sha256(content), size, pointerSize: 130 } }),
  };
}

function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
