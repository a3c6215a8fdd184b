import type { CommandHandler } from './commandDeps.ts';
import { isRecord } from '../base/guards.ts';
import type { Wording } from '../base/wording.ts';
import { withDelayedProgress } from '../inference/delayedProgress.ts';
import { progressReport } from '../inference/progressText.ts';
import type { ModelFetcher } from '../models/modelFetcher.ts';
import type { ModelPicker } from '../models/modelPicker.ts';
import { modelName } from '../../shared/modelName.ts';
import type { SettingsService } from '../settings/settingsService.ts';
import type { InferenceLink } from '../../shared/inferenceProtocol.ts';
import { taskNames, type TaskName } from '../../shared/taskProtocol.ts';

/**
 * Chooses the model of a task (asking which task unless the argument names it), fetches and loads it, and only when
 * that worked writes it to the settings: a model that cannot run is never left in use.
 */
export function chooseModel(deps: {
  readonly picker: ModelPicker;
  readonly fetcher: ModelFetcher;
  readonly settings: SettingsService;
  readonly link: Pick<InferenceLink, 'prepare'>;
  readonly wording: Wording;
}): CommandHandler {
  const { picker, fetcher, settings, link, wording } = deps;
  return async (argument) => {
    const task = taskOf(argument) ?? (await picker.pickTask());
    const model = task === undefined ? undefined : await picker.pick(task);
    if (task === undefined || model === undefined) return;
    const places = settings.places();
    await fetcher.ensure(model, places);
    await withDelayedProgress(wording.t('Loading {model}', { model: modelName(model) }), (signal, report) =>
      link.prepare(model, task, {
        signal,
        onProgress: (progress) => report(progressReport(progress, places.hubEndpoint, wording)),
      }),
    );
    await picker.writeSetting(task, model);
  };
}

function taskOf(argument: unknown): TaskName | undefined {
  const name = isRecord(argument) ? argument['task'] : undefined;
  return taskNames.find((task) => task === name);
}
