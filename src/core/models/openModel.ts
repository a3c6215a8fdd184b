import os from 'node:os';
import type { Precision } from '../../shared/inferenceProtocol.ts';
import type { TaskName, TaskProgress } from '../../shared/taskProtocol.ts';
import { readModelFolder } from './folder.ts';
import { hubTools, type HubTools } from './hub/hubContext.ts';
import { openHubModel } from './hub/openHubModel.ts';
import type { LocalModel, ModelPurpose } from './modelDescription.ts';
import type { ModelPlaces } from './places.ts';
import { formatReference, parseReference } from './reference.ts';
import { starterDirectory } from './starters/starterDirectory.ts';
import { requireTask } from './taskOfModel.ts';

export interface OpenOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: TaskProgress) => void;
  /** What to download of a hub model, default `auto`; a model that is already here is opened as it is. */
  readonly precision?: Precision;
  /** The device that `auto` precision is for, default `cpu`. */
  readonly device?: string;
  readonly tools?: HubTools;
  /** Default `task`. */
  readonly purpose?: ModelPurpose;
}

/**
 * Finds the model that a reference names, downloads what is missing of a hub model, and makes sure that it does `task`
 * (undefined: whatever it does). Weights are not loaded.
 *
 * Throws LoupeError: those of `parseReference` and `readModelFolder`, `starter-unknown`, `starter-not-installed`,
 * `model-wrong-task`, and for hub models those of `downloadModel`.
 */
export async function openModel(
  reference: string,
  task: TaskName | undefined,
  places: ModelPlaces,
  options: OpenOptions = {},
): Promise<LocalModel> {
  const parsed = parseReference(reference, { directory: places.baseDirectory, home: os.homedir() });
  const name = formatReference(parsed);
  const purpose = options.purpose ?? 'task';
  switch (parsed.kind) {
    case 'hub': {
      const order = {
        precision: options.precision ?? 'auto',
        device: options.device ?? 'cpu',
        purpose,
      };
      const context = {
        reference: name,
        endpoint: places.hubEndpoint.replace(/\/+$/, ''),
        signal: options.signal,
        onProgress: options.onProgress,
        tools: options.tools ?? hubTools,
      };
      return openHubModel(parsed, task, places, order, context);
    }
    case 'starter':
      return openFolder(await starterDirectory(parsed.name, places), name, task, purpose);
    case 'folder':
      return openFolder(parsed.directory, name, task, purpose);
  }
}

async function openFolder(
  directory: string,
  reference: string,
  task: TaskName | undefined,
  purpose: ModelPurpose,
): Promise<LocalModel> {
  const model = await readModelFolder(directory, reference, purpose);
  requireTask(model.description, task);
  return model;
}
