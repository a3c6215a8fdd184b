import { randomUUID } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { LoupeError } from '../../../shared/errors.ts';
import { isJsonObject, readJsonObject, type JsonObject } from '../jsonFile.ts';
import { diskError } from './diskError.ts';
import type { HubFile, HubListing } from './listing.ts';

/** Beside a downloaded model's files: which commit they are of, and what else of it there is to download. */
const recordName = '.loupe-hub.json';

/** What was written when the download began; undefined for models that transformers.js itself downloaded. */
export async function readHubRecord(directory: string): Promise<HubListing | undefined> {
  const record = await readWhole(path.join(directory, recordName));
  if (record === undefined) return undefined;
  const { commit, files } = record;
  if (typeof commit !== 'string' || !Array.isArray(files)) return undefined;
  return { commit, files: files.filter(isJsonObject).flatMap(readFile) };
}

/** Throws LoupeError `disk-full` or `file-unwritable`. */
export async function writeHubRecord(directory: string, listing: HubListing): Promise<void> {
  const file = path.join(directory, recordName);
  const draft = `${file}.${randomUUID()}`;
  try {
    await mkdir(directory, { recursive: true });
    await writeFile(draft, `${JSON.stringify(listing, undefined, 1)}\n`);
    await rename(draft, file);
  } catch (error) {
    throw diskError(error, file);
  }
}

/** A record that someone has damaged counts as none: the hub is asked again. */
async function readWhole(file: string): Promise<JsonObject | undefined> {
  try {
    return await readJsonObject(file);
  } catch (error) {
    if (error instanceof LoupeError && error.code === 'model-file-invalid') return undefined;
    throw error;
  }
}

function readFile(entry: JsonObject): HubFile[] {
  const { path: name, bytes, sha256, gitSha1 } = entry;
  if (typeof name !== 'string') return [];
  return [
    {
      path: name,
      ...(typeof bytes === 'number' && { bytes }),
      ...(typeof sha256 === 'string' && { sha256 }),
      ...(typeof gitSha1 === 'string' && { gitSha1 }),
    },
  ];
}
