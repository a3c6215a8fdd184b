import path from 'node:path';
import { LoupeError } from '../../shared/errors.ts';

/** What a model reference names. A folder is absolute; a hub model's revision is `main` unless one was given. */
export type ModelReference =
  | { readonly kind: 'starter'; readonly name: string }
  | HubReference
  | { readonly kind: 'folder'; readonly directory: string };

export interface HubReference {
  readonly kind: 'hub';
  readonly owner: string;
  readonly name: string;
  readonly revision: string;
}

/** Where relative folders and `~` start. Without a base, a relative folder is refused. */
export interface ReferenceBase {
  readonly directory?: string | undefined;
  readonly home?: string | undefined;
}

export const defaultRevision = 'main';

// The hub's own rule for names, as transformers.js checks it (src/utils/hub/utils.js, isValidHfModelId), and
// narrower: a name starts and ends with a word character, so neither `..` nor a hidden or empty segment passes.
const namePattern = /^\w(?:[\w.-]{0,94}\w)?$/;
const driveRelative = /^[a-z]:(?![\\/])/i;
const drivePath = /^[a-z]:[\\/]/i;
const scheme = /^[a-z][a-z0-9+-]+:/i;
const controlCharacter = /[\u0000-\u001f\u007f]/;

/**
 * Reads a model reference: `starter:NAME`, `hub:OWNER/NAME[@REVISION]`, or a folder (absolute, `~/...`, or relative to
 * `base.directory`; Windows drive paths too). Touches no disk.
 *
 * Throws LoupeError `reference-invalid`, or `reference-run` for `run:ID`, which a later version will know.
 */
export function parseReference(text: string, base: ReferenceBase = {}): ModelReference {
  const reference = text.trim();
  const invalid = new LoupeError('reference-invalid', { reference: text });
  if (reference === '' || controlCharacter.test(reference)) throw invalid;
  if (reference.startsWith('starter:')) {
    const name = reference.slice('starter:'.length);
    if (!isPlainName(name)) throw invalid;
    return { kind: 'starter', name };
  }
  if (reference.startsWith('hub:')) {
    const hub = parseHub(reference.slice('hub:'.length));
    if (hub === undefined) throw invalid;
    return hub;
  }
  if (reference.startsWith('run:')) throw new LoupeError('reference-run', { reference });
  const directory = folderOf(reference, base);
  if (directory === undefined) throw invalid;
  return { kind: 'folder', directory };
}

/** The reference as one writes it; `parseReference` gives the same reference back. */
export function formatReference(reference: ModelReference): string {
  switch (reference.kind) {
    case 'starter':
      return `starter:${reference.name}`;
    case 'hub':
      return `hub:${reference.owner}/${reference.name}${reference.revision === defaultRevision ? '' : `@${reference.revision}`}`;
    case 'folder':
      return reference.directory;
  }
}

/** Whether a text may stand as a hub owner, hub name or starter name, and so as one folder's name. */
export function isPlainName(text: string): boolean {
  return (
    namePattern.test(text) && !text.includes('..') && !text.includes('--') && !/\.(git|ipynb)$/i.test(text)
  );
}

/** Whether a text may stand as a revision: a branch, a tag, a commit or `refs/pr/1`. */
export function isRevision(text: string): boolean {
  return (
    text.length <= 200 &&
    text.split('/').every((segment) => namePattern.test(segment) && !segment.includes('..'))
  );
}

function parseHub(text: string): HubReference | undefined {
  const at = text.indexOf('@');
  const id = at === -1 ? text : text.slice(0, at);
  const revision = at === -1 ? defaultRevision : text.slice(at + 1);
  const [owner, name, ...more] = id.split('/');
  if (owner === undefined || name === undefined || more.length > 0) return undefined;
  return isPlainName(owner) && isPlainName(name) && isRevision(revision)
    ? { kind: 'hub', owner, name, revision }
    : undefined;
}

function folderOf(text: string, base: ReferenceBase): string | undefined {
  if (drivePath.test(text)) return path.win32.normalize(text);
  if (driveRelative.test(text) || scheme.test(text)) return undefined;
  if (text === '~' || text.startsWith('~/') || text.startsWith('~\\'))
    return base.home === undefined ? undefined : path.join(base.home, text.slice(1));
  if (path.isAbsolute(text)) return path.normalize(text);
  return base.directory === undefined ? undefined : path.resolve(base.directory, text);
}
