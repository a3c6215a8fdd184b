import path from 'node:path';
import type { ModelPlaces } from '../places.ts';
import { defaultRevision, type HubReference } from '../reference.ts';

/**
 * The folder of a hub model in the cache, where transformers.js 4.3 looks for it too (src/utils/hub.js,
 * buildResourcePaths with a FileCache): `<cache>/<owner>/<name>` for revision `main`, and
 * `<cache>/<owner>/<name>/<revision>` for every other.
 */
export function hubModelDirectory(places: ModelPlaces, reference: HubReference): string {
  const folder = path.join(places.cacheDirectory, reference.owner, reference.name);
  return reference.revision === defaultRevision
    ? folder
    : path.join(folder, ...reference.revision.split('/'));
}

/** Address of one file of a model at a revision (a branch, tag or commit). */
export function fileAddress(
  endpoint: string,
  reference: HubReference,
  revision: string,
  file: string,
): string {
  const parts = file.split('/').map(encodeURIComponent).join('/');
  return `${endpoint}/${reference.owner}/${reference.name}/resolve/${encodeURIComponent(revision)}/${parts}`;
}

/** Address of the hub's description of a model at a revision: its commit. */
export function revisionAddress(endpoint: string, reference: HubReference): string {
  return `${endpoint}/api/models/${reference.owner}/${reference.name}/revision/${encodeURIComponent(reference.revision)}`;
}

/** Address of the list of a model's files at a commit, with sizes and checksums. */
export function treeAddress(endpoint: string, reference: HubReference, commit: string): string {
  return `${endpoint}/api/models/${reference.owner}/${reference.name}/tree/${commit}?recursive=true`;
}
