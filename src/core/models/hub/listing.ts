import { LoupeError } from '../../../shared/errors.ts';
import { isJsonObject, type JsonObject } from '../jsonFile.ts';
import type { HubReference } from '../reference.ts';
import type { HubContext } from './hubContext.ts';
import { revisionAddress, treeAddress } from './hubLayout.ts';
import { chunksOf, dropOf, request, StallGuard } from './request.ts';
import { withRetries } from './retry.ts';

/** A file of a hub repository; what the hub does not tell is missing. */
export interface HubFile {
  /** Inside the repository, with `/`. */
  readonly path: string;
  readonly bytes?: number;
  readonly sha256?: string;
  /** Git's id of a small file's content. */
  readonly gitSha1?: string;
}

export interface HubListing {
  /** Everything is fetched from this one commit, so that files of two states of a branch never mix. */
  readonly commit: string;
  readonly files: readonly HubFile[];
}

const pagesAtMost = 50;
const textLimit = 16 << 20;

/**
 * Asks the hub what a model consists of (its API: `/api/models/{id}/revision/{rev}` and `/tree/{commit}`). Undefined when
 * the endpoint has no such API (a plain mirror), so that one has to try.
 *
 * Throws LoupeError `hub-not-found`, `hub-forbidden`, `hub-offline`, `hub-interrupted` or `cancelled`.
 */
export async function listHubFiles(
  reference: HubReference,
  context: HubContext,
): Promise<HubListing | undefined> {
  const description = await getJson(revisionAddress(context.endpoint, reference), reference, context);
  if (description === undefined) return undefined;
  const commit = isJsonObject(description.value) ? description.value['sha'] : undefined;
  if (typeof commit !== 'string' || !/^[0-9a-f]{40}$/.test(commit)) return undefined;
  const files = await readTree(treeAddress(context.endpoint, reference, commit), reference, context);
  return { commit, files: files ?? siblingsOf(description.value) };
}

async function readTree(
  first: string,
  reference: HubReference,
  context: HubContext,
): Promise<readonly HubFile[] | undefined> {
  const files: HubFile[] = [];
  let next: string | undefined = first;
  for (let page = 0; next !== undefined && page < pagesAtMost; page++) {
    const answer: JsonAnswer | undefined = await getJson(next, reference, context);
    if (answer === undefined || !Array.isArray(answer.value)) return undefined;
    files.push(...answer.value.filter(isJsonObject).flatMap(treeFile));
    next = nextPage(answer.link, next);
  }
  return files;
}

/** Long lists come in pages, the next one named in the `Link` header; one on another host is not followed. */
function nextPage(link: string | null, current: string): string | undefined {
  const target = /<([^>]+)>;\s*rel="next"/.exec(link ?? '')?.[1];
  if (target === undefined) return undefined;
  const url = new URL(target, current);
  return url.origin === new URL(current).origin ? url.href : undefined;
}

function treeFile(entry: JsonObject): HubFile[] {
  const { path, type, size, oid, lfs } = entry;
  if (type !== 'file' || typeof path !== 'string') return [];
  const large = isJsonObject(lfs) ? lfs : undefined;
  const bytes = large?.['size'] ?? size;
  const sha256 = large?.['oid'];
  return [
    {
      path,
      ...(typeof bytes === 'number' && { bytes }),
      ...(typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256) && { sha256 }),
      // Of a large file, the id is that of its pointer.
      ...(large === undefined && typeof oid === 'string' && /^[0-9a-f]{40}$/.test(oid) && { gitSha1: oid }),
    },
  ];
}

function siblingsOf(description: unknown): readonly HubFile[] {
  const siblings = isJsonObject(description) ? description['siblings'] : undefined;
  if (!Array.isArray(siblings)) return [];
  return siblings
    .filter(isJsonObject)
    .flatMap(({ rfilename }) => (typeof rfilename === 'string' ? [{ path: rfilename }] : []));
}

interface JsonAnswer {
  readonly value: unknown;
  readonly link: string | null;
}

/** Undefined for anything but JSON with status 200, and for a 404 that is not the hub's own. */
async function getJson(
  address: string,
  reference: HubReference,
  context: HubContext,
): Promise<JsonAnswer | undefined> {
  return withRetries('the list of files', context, async () => {
    const guard = new StallGuard(context.tools.stallMs, context.signal);
    try {
      const answer = await request(address, {}, guard, context);
      if (answer.kind === 'dropped') return answer;
      if (answer.kind === 'absent') {
        if (answer.missing === undefined) return { kind: 'done', value: undefined };
        throw notFound(answer.missing, reference, context);
      }
      const text = await readText(answer.response, guard);
      const link = answer.response.headers.get('link');
      return { kind: 'done', value: answer.response.status === 200 ? parseAnswer(text, link) : undefined };
    } catch (error) {
      if (error instanceof LoupeError) throw error;
      return dropOf(error, true, guard, context);
    } finally {
      guard.stop();
    }
  });
}

/** What the hub says is not there, as an error. */
export function notFound(
  missing: 'model' | 'revision' | 'file',
  reference: HubReference,
  context: HubContext,
  file: string = missing,
): LoupeError {
  const what = missing === 'revision' ? `revision ${reference.revision}` : file;
  return new LoupeError('hub-not-found', { what, reference: context.reference });
}

function parseAnswer(text: string, link: string | null): JsonAnswer | undefined {
  try {
    return { value: JSON.parse(text), link };
  } catch (error) {
    // No JSON: this endpoint has no such API, and one has to try instead.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** A body's text, up to a size that no list of files has. */
async function readText(response: Response, guard: StallGuard): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of chunksOf(response)) {
    guard.beat();
    text += decoder.decode(chunk, { stream: true });
    if (text.length > textLimit)
      throw new LoupeError('internal', { reason: 'the hub sent an endless list of files' });
  }
  return text + decoder.decode();
}
