import path from 'node:path';
import { LoupeError } from '../../../shared/errors.ts';
import { exists, foldersIn } from '../files.ts';
import { installedStartersDirectory, type ModelPlaces } from '../places.ts';
import { isPlainName } from '../reference.ts';
import { onDemandStarters } from './starterCatalog.ts';

/**
 * The folder of a starter: one that ships with Loupe, else one that was installed on demand. Throws LoupeError
 * `starter-not-installed` or `starter-unknown`.
 */
export async function starterDirectory(name: string, places: ModelPlaces): Promise<string> {
  const candidates = [
    path.join(places.starterDirectory, name),
    path.join(installedStartersDirectory(places), name),
  ];
  for (const directory of candidates) if (await isModelFolder(directory)) return directory;
  if (onDemandStarters.some((starter) => starter.name === name))
    throw new LoupeError('starter-not-installed', { name });
  const known = await starterNames(places);
  throw new LoupeError('starter-unknown', { name, known: known.join(', ') });
}

/** Names of all starters, those that ship first; installed or not. */
export async function starterNames(places: ModelPlaces): Promise<readonly string[]> {
  return [...(await shippedStarters(places)), ...onDemandStarters.map((starter) => starter.name)];
}

/** Names of the starters that ship with this Loupe, in order of the alphabet. */
export async function shippedStarters(places: ModelPlaces): Promise<readonly string[]> {
  const names = await foldersIn(places.starterDirectory);
  const found = await Promise.all(
    names.map(async (name) => isPlainName(name) && isModelFolder(path.join(places.starterDirectory, name))),
  );
  return names.filter((_, index) => found[index]).sort();
}

/** Whether a folder looks like a model's: it has a config.json. */
export function isModelFolder(directory: string): Promise<boolean> {
  return exists(path.join(directory, 'config.json'));
}
