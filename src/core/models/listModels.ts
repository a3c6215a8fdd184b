import path from 'node:path';
import { LoupeError, type ErrorData } from '../../shared/errors.ts';
import type { TaskName } from '../../shared/taskProtocol.ts';
import { readModelFolder } from './folder.ts';
import { findHubModels } from './hub/findHubModels.ts';
import { hubModelDirectory } from './hub/hubLayout.ts';
import { readHubRecord } from './hub/hubRecord.ts';
import type { LocalModel, ModelWeights } from './modelDescription.ts';
import { installedStartersDirectory, type ModelPlaces } from './places.ts';
import { formatReference, type HubReference } from './reference.ts';
import { onDemandStarters, type OnDemandStarter } from './starters/starterCatalog.ts';
import { isModelFolder, shippedStarters } from './starters/starterDirectory.ts';

/** Where a model came from. */
export type ModelOrigin =
  | { readonly kind: 'shipped' }
  | { readonly kind: 'package'; readonly name: string; readonly version: string }
  /** `commit` is unknown of models that another program downloaded. */
  | {
      readonly kind: 'hub';
      readonly id: string;
      readonly revision: string;
      readonly commit: string | undefined;
    }
  | { readonly kind: 'folder' };

/** One row of the list of models. */
export interface ModelListing {
  readonly reference: string;
  readonly origin: ModelOrigin;
  /** Where it is, or will be once it is installed. */
  readonly directory: string;
  /** Whether it can be used now, without a download. */
  readonly installed: boolean;
  readonly task: TaskName | undefined;
  readonly precisions: readonly ModelWeights['precision'][];
  /** Bytes of all its weights; of a model that is not installed, about what will be downloaded. 0: unknown. */
  readonly bytes: number;
  readonly languages: readonly string[];
  readonly licence: string | undefined;
  /** Why a folder that is there cannot be used. */
  readonly error?: ErrorData;
}

/**
 * Every model that can be named: starters (those that ship, then those on demand), hub models in the cache, and the
 * given model folders. Reads no weights and asks no network. A folder that is broken is listed with its error.
 */
export async function listModels(
  places: ModelPlaces,
  extraFolders: readonly string[] = [],
): Promise<readonly ModelListing[]> {
  const shipped = await shippedStarters(places);
  const onDemand = onDemandStarters.filter((starter) => !shipped.includes(starter.name));
  const hub = await findHubModels(places);
  return Promise.all([
    ...shipped.map((name) =>
      listFolder(`starter:${name}`, path.join(places.starterDirectory, name), { kind: 'shipped' }),
    ),
    ...onDemand.map((starter) => listOnDemand(starter, places)),
    ...hub.map((reference) => listHubModel(reference, places)),
    ...extraFolders.map((directory) => listFolder(directory, directory, { kind: 'folder' })),
  ]);
}

async function listOnDemand(starter: OnDemandStarter, places: ModelPlaces): Promise<ModelListing> {
  const reference = `starter:${starter.name}`;
  const directory = path.join(installedStartersDirectory(places), starter.name);
  const origin = { kind: 'package', name: starter.package, version: starter.version } as const;
  if (await isModelFolder(directory)) return listFolder(reference, directory, origin);
  const { task, bytes, languages, licence } = starter;
  return { reference, origin, directory, installed: false, task, precisions: [], bytes, languages, licence };
}

async function listHubModel(reference: HubReference, places: ModelPlaces): Promise<ModelListing> {
  const directory = hubModelDirectory(places, reference);
  const record = await readHubRecord(directory);
  return listFolder(formatReference(reference), directory, {
    kind: 'hub',
    id: `${reference.owner}/${reference.name}`,
    revision: reference.revision,
    commit: record?.commit,
  });
}

async function listFolder(reference: string, directory: string, origin: ModelOrigin): Promise<ModelListing> {
  try {
    return {
      ...rowOf(await readModelFolder(directory, reference)),
      reference,
      directory,
      origin,
      installed: true,
    };
  } catch (error) {
    const unknown = { task: undefined, precisions: [], bytes: 0, languages: [], licence: undefined };
    const data = LoupeError.from(error).toData();
    return { reference, directory, origin, installed: false, ...unknown, error: data };
  }
}

function rowOf(
  model: LocalModel,
): Pick<ModelListing, 'task' | 'precisions' | 'bytes' | 'languages' | 'licence'> {
  const { task, languages, licence } = model.description;
  return {
    task,
    precisions: model.weights.map((weights) => weights.precision),
    bytes: model.weights.reduce((sum, weights) => sum + weights.bytes, 0),
    languages,
    licence,
  };
}
