import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { LoupeError } from '../../../shared/errors.ts';
import { exists } from '../files.ts';
import { isAsExpected, type Expected } from './checksum.ts';
import { diskError } from './diskError.ts';
import { lockFile } from './fileLock.ts';
import type { HubContext } from './hubContext.ts';
import { PartialFile, type Validator } from './partialFile.ts';
import { chunksOf, dropOf, request, StallGuard, type Absent, type HubAnswer } from './request.ts';
import { withRetries, type Attempt } from './retry.ts';

export interface FileJob {
  /** Name in messages and progress, e.g. `onnx/model.onnx`. */
  readonly name: string;
  readonly address: string;
  /** Absolute path of the file in the cache. */
  readonly target: string;
  readonly expected: Expected;
  /** Called with the bytes on the disk and, once known, the size of the whole. */
  readonly onBytes: (loaded: number, total: number | undefined) => void;
}

/**
 * Downloads one file into the cache: continues what an earlier attempt left, survives drops and silence, checks the
 * whole and only then gives it its name. Nothing is done when the file is already there. Two processes that want the
 * same file take turns. Returns what is missing when the hub has no such file.
 *
 * Throws LoupeError `hub-offline`, `hub-interrupted`, `hub-forbidden`, `hub-checksum`, `disk-full`, `file-unwritable` or
 * `cancelled`.
 */
export async function downloadFile(job: FileJob, context: HubContext): Promise<Absent | undefined> {
  if (await exists(job.target)) return undefined;
  const partial = new PartialFile(job.target, context.tools);
  try {
    await mkdir(path.dirname(job.target), { recursive: true });
    // Whoever waits for another's download sees it advance, and does not look dead to its own supervisor.
    const release = await lockFile(job.target, context.signal, async () =>
      job.onBytes(await partial.size(), job.expected.bytes),
    );
    try {
      if (await exists(job.target)) return undefined;
      return await receive(job, partial, context);
    } catch (error) {
      const explained = diskError(error, job.target);
      // Its own half is the first thing that can go to make room.
      if (explained.code === 'disk-full') await partial.discard();
      throw explained;
    } finally {
      await partial.close();
      await release();
    }
  } catch (error) {
    throw diskError(error, job.target);
  }
}

async function receive(job: FileJob, partial: PartialFile, context: HubContext): Promise<Absent | undefined> {
  const result = await withRetries(job.name, context, () => attempt(job, partial, context));
  if ('kind' in result) return result;
  await partial.flush();
  if (!(await isAsExpected(partial.path, { ...result, ...job.expected }, context.signal))) {
    await partial.discard();
    throw new LoupeError('hub-checksum', { file: job.name });
  }
  await partial.finish();
  return undefined;
}

/** One request. Done when the body was received to its end: then with what the server told of the whole file. */
async function attempt(
  job: FileJob,
  partial: PartialFile,
  context: HubContext,
): Promise<Attempt<Expected | Absent>> {
  const validator = await partial.resume();
  const before = partial.bytes;
  if (before > 0 && validator !== undefined && before === job.expected.bytes)
    return { kind: 'done', value: expectedOf(validator.checksum, before) };
  const guard = new StallGuard(context.tools.stallMs, context.signal);
  try {
    const answer = await request(job.address, rangeHeaders(before, validator), guard, context);
    if (answer.kind === 'dropped') return answer;
    if (answer.kind === 'absent') return { kind: 'done', value: answer };
    const total = await accept(answer, partial, validator, job.expected);
    if (total === 'again') {
      await answer.response.body?.cancel();
      await partial.discard();
      return { kind: 'dropped', reason: 'the file has changed meanwhile', reached: true };
    }
    await checkSpace(job, total, partial, context);
    job.onBytes(partial.bytes, total);
    for await (const chunk of chunksOf(answer.response)) {
      guard.beat();
      await partial.append(chunk);
      job.onBytes(partial.bytes, total);
      // More than the whole: the check of the length throws it away.
      if (total !== undefined && partial.bytes > total) break;
    }
    if (total !== undefined && partial.bytes < total) {
      const reason = `it ended after ${partial.bytes} of ${total} bytes`;
      return { kind: 'dropped', reason, reached: true, advanced: partial.bytes > before };
    }
    return { kind: 'done', value: expectedOf(answer.linked.checksum, total) };
  } catch (error) {
    if (error instanceof LoupeError) throw error;
    return { ...dropOf(error, true, guard, context), advanced: partial.bytes > before };
  } finally {
    guard.stop();
  }
}

/**
 * Asks for the rest, if the server can tell whether it is still the same file: `If-Range` with a strong ETag. With a
 * checksum alone a plain range does: the checksum of the whole file has the last word.
 */
function rangeHeaders(bytes: number, validator: Validator | undefined): Record<string, string> {
  if (bytes === 0 || validator === undefined) return {};
  const range = `bytes=${bytes}-`;
  if (validator.etag !== undefined) return { range, 'if-range': validator.etag };
  return validator.checksum === undefined ? {} : { range };
}

/**
 * Sets the partial file up for what the server sends. Returns the size of the whole file if known, or `again` when
 * the beginning does not belong to what the server has now.
 */
async function accept(
  answer: HubAnswer,
  partial: PartialFile,
  earlier: Validator | undefined,
  expected: Expected,
): Promise<number | undefined | 'again'> {
  const { response, linked } = answer;
  if (response.status === 206) {
    const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get('content-range') ?? '');
    const checksum = linked.checksum ?? expected.sha256;
    if (range === null || Number(range[1]) !== partial.bytes || earlier?.checksum !== checksum)
      return 'again';
    return expected.bytes ?? linked.bytes ?? (range[2] === '*' ? undefined : Number(range[2]));
  }
  // 416 without an agreed size: what is there is longer than the file, or whole but not known to be.
  if (response.status !== 200) return 'again';
  // Encoded although it was not asked for: lengths and ranges are then those of the encoded file.
  const isPlain = !response.headers.has('content-encoding');
  const etag = isPlain ? response.headers.get('etag') : null;
  const checksum = linked.checksum ?? expected.sha256;
  await partial.restart({
    ...(etag !== null && !etag.startsWith('W/') && { etag }),
    ...(checksum !== undefined && { checksum }),
  });
  const length = isPlain ? response.headers.get('content-length') : null;
  return expected.bytes ?? linked.bytes ?? (length === null ? undefined : Number(length));
}

function expectedOf(checksum: string | undefined, total: number | undefined): Expected {
  return {
    ...(total !== undefined && { bytes: total }),
    ...(checksum !== undefined && /^[0-9a-f]{64}$/i.test(checksum) && { sha256: checksum }),
    ...(checksum !== undefined && /^[0-9a-f]{40}$/i.test(checksum) && { gitSha1: checksum }),
  };
}

/** Says that the disk is too small before it is filled to the last byte. */
async function checkSpace(
  job: FileJob,
  total: number | undefined,
  partial: PartialFile,
  context: HubContext,
): Promise<void> {
  const free = await context.tools.freeBytes(path.dirname(job.target));
  if (total !== undefined && free !== undefined && total - partial.bytes > free)
    throw new LoupeError('disk-full', { file: job.target });
}
