import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { isJsonObject } from '../core/models/jsonFile.ts';
import { LoupeError } from '../shared/errors.ts';

/** Version of this Loupe, from the package.json beside dist/. */
export async function loupeVersion(root: string): Promise<string> {
  const value: unknown = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
  const version = isJsonObject(value) ? value['version'] : undefined;
  if (typeof version !== 'string')
    throw new LoupeError('internal', { reason: 'package.json has no version' });
  return version;
}
