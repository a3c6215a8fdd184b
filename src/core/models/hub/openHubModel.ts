import { LoupeError } from '../../../shared/errors.ts';
import type { Precision } from '../../../shared/inferenceProtocol.ts';
import type { TaskName } from '../../../shared/taskProtocol.ts';
import { describeFolder, readModelFolder } from '../folder.ts';
import type { LocalModel, ModelPurpose } from '../modelDescription.ts';
import type { ModelPlaces } from '../places.ts';
import type { HubReference } from '../reference.ts';
import { requireTask } from '../taskOfModel.ts';
import { pickWeights } from '../weightFiles.ts';
import { preferredPrecisions } from '../weights.ts';
import { downloadModel } from './downloadModel.ts';
import type { HubContext } from './hubContext.ts';
import { hubModelDirectory } from './hubLayout.ts';
import { readHubRecord } from './hubRecord.ts';

/**
 * Opens a hub model from the cache, after downloading what is missing. Asks the hub nothing when the model is there with
 * the wanted precision, or when it is known that the hub has no such weights. When the hub is out of reach, a model
 * that is there with another precision is opened as it is.
 */
export async function openHubModel(
  reference: HubReference,
  task: TaskName | undefined,
  places: ModelPlaces,
  order: { readonly precision: Precision; readonly device: string; readonly purpose: ModelPurpose },
  context: HubContext,
): Promise<LocalModel> {
  const directory = hubModelDirectory(places, reference);
  const { purpose } = order;
  const here = await readIfComplete(directory, context.reference, purpose);
  if (here !== undefined) {
    requireTask(here.description, task);
    if (!(await canHaveMore(here, order.precision, purpose))) return here;
  }
  try {
    await downloadModel(
      {
        reference,
        directory,
        purpose,
        precisions: preferredPrecisions(order.precision, order.device),
        check: async () => requireTask(await describeFolder(directory, context.reference, purpose), task),
      },
      context,
    );
  } catch (error) {
    const offline = error instanceof LoupeError && error.code === 'hub-offline';
    if (here !== undefined && offline) return here;
    throw error;
  }
  const model = await readModelFolder(directory, context.reference, purpose);
  requireTask(model.description, task);
  return model;
}

const incomplete: ReadonlySet<string> = new Set([
  'model-folder-missing',
  'model-file-missing',
  'model-no-onnx',
]);

/** The cached model, or undefined when files of it are still to be downloaded. */
export async function readIfComplete(
  directory: string,
  reference: string,
  purpose: ModelPurpose = 'task',
): Promise<LocalModel | undefined> {
  try {
    return await readModelFolder(directory, reference, purpose);
  } catch (error) {
    if (error instanceof LoupeError && incomplete.has(error.code)) return undefined;
    throw error;
  }
}

/** Whether the hub may have the precision that was asked for and is not here. */
async function canHaveMore(model: LocalModel, precision: Precision, purpose: ModelPurpose): Promise<boolean> {
  if (precision === 'auto' || model.weights.some((weights) => weights.precision === precision)) return false;
  const record = await readHubRecord(model.description.directory);
  if (record === undefined) return true;
  const files = record.files.map((file) => file.path);
  return pickWeights(files, purpose).some((weights) => weights.precision === precision);
}
