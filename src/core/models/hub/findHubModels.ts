import path from 'node:path';
import type { ModelPlaces } from '../places.ts';
import { defaultRevision, isPlainName, isRevision, type HubReference } from '../reference.ts';
import { foldersIn } from '../files.ts';
import { isModelFolder } from '../starters/starterDirectory.ts';

/** `refs/pr/1` is the deepest revision that is in use. */
const revisionDepth = 3;

/** The hub models in the cache, whole or begun, in order of their names. */
export async function findHubModels(places: ModelPlaces): Promise<readonly HubReference[]> {
  const owners = (await foldersIn(places.cacheDirectory)).filter(isPlainName).sort();
  const found = await Promise.all(owners.map((owner) => modelsOf(places.cacheDirectory, owner)));
  return found.flat();
}

async function modelsOf(cache: string, owner: string): Promise<readonly HubReference[]> {
  const names = (await foldersIn(path.join(cache, owner))).filter(isPlainName).sort();
  const found = await Promise.all(
    names.map(async (name) => {
      const revisions = await revisionsIn(path.join(cache, owner, name), '', revisionDepth);
      return revisions.map((revision) => ({ kind: 'hub', owner, name, revision }) as const);
    }),
  );
  return found.flat();
}

async function revisionsIn(directory: string, revision: string, depth: number): Promise<readonly string[]> {
  const own = (await isModelFolder(directory)) ? [revision === '' ? defaultRevision : revision] : [];
  if (depth === 0) return own;
  const names = (await foldersIn(directory)).filter((name) => isRevision(name) && name !== 'onnx').sort();
  const deeper = await Promise.all(
    names.map((name) =>
      revisionsIn(path.join(directory, name), revision === '' ? name : `${revision}/${name}`, depth - 1),
    ),
  );
  return [...own, ...deeper.flat()];
}
