import type { CommandHandler } from './commandDeps.ts';
import type { ModelPicker } from '../models/modelPicker.ts';
import { isRecord } from '../text/editorTargets.ts';
import { taskNames, type TaskName } from '../../shared/taskProtocol.ts';

/** Chooses the model of a task (asking which task unless the argument names it) and writes it to the settings. */
export function chooseModel({ picker }: { readonly picker: ModelPicker }): CommandHandler {
  return async (argument) => {
    const task = taskOf(argument) ?? (await picker.pickTask());
    if (task === undefined) return;
    const reference = await picker.pick(task);
    if (reference !== undefined) await picker.writeSetting(task, reference);
  };
}

function taskOf(argument: unknown): TaskName | undefined {
  const name = isRecord(argument) ? argument['task'] : undefined;
  return taskNames.find((task) => task === name);
}
