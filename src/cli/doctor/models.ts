import { statfs } from 'node:fs/promises';
import path from 'node:path';
import { exists } from '../../core/models/files.ts';
import { listModels, type ModelListing } from '../../core/models/listModels.ts';
import { megabytes } from '../progressLine.ts';
import type { Setting } from '../setting.ts';
import type { Finding } from './finding.ts';

/** Starters, downloaded models and the room for more. */
export async function examineModels({ places }: Setting): Promise<readonly Finding[]> {
  const models = await listModels(places);
  return [
    ...starterFindings(models, places.starterDirectory),
    ...models.filter((model) => model.error !== undefined).map(brokenModel),
    {
      state: 'ok',
      what: 'downloaded models',
      detail: `${models.filter(({ origin }) => origin.kind === 'hub').length} in ${places.cacheDirectory}`,
    },
    { state: 'ok', what: 'model hub', detail: `${places.hubEndpoint} (asked only for models that you name)` },
    { state: 'ok', what: 'free disk space', detail: await freeSpace(places.cacheDirectory) },
  ];
}

function starterFindings(models: readonly ModelListing[], directory: string): readonly Finding[] {
  const shipped = models.filter(({ origin }) => origin.kind === 'shipped');
  const here: Finding =
    shipped.length === 0
      ? {
          state: 'missing',
          what: 'starter models',
          detail: `none in ${directory}. In a clone: git checkout media/models`,
        }
      : {
          state: 'ok',
          what: 'starter models',
          detail: `${shipped.map(({ reference }) => reference).join(', ')} in ${directory}`,
        };
  const others = models
    .filter(({ origin }) => origin.kind === 'package')
    .map((model): Finding =>
      model.installed
        ? { state: 'ok', what: 'starter on demand', detail: `${model.reference} in ${model.directory}` }
        : {
            state: 'note',
            what: 'starter on demand',
            detail: `${model.reference} is not installed: loupe models install ${model.reference}`,
          },
    );
  return [here, ...others];
}

function brokenModel({ reference, error }: ModelListing): Finding {
  return { state: 'note', what: 'broken model', detail: `${reference}: ${error?.message ?? ''}` };
}

/** Of the disk that holds the folder, or will: the nearest parent that is there. */
async function freeSpace(directory: string): Promise<string> {
  let folder = directory;
  while (!(await exists(folder)) && path.dirname(folder) !== folder) folder = path.dirname(folder);
  const disk = await statfs(folder);
  return `${megabytes(disk.bavail * disk.bsize)} at ${folder}`;
}
