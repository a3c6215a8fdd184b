import * as vscode from 'vscode';
import type { Wording } from '../base/wording.ts';
import { taskIcons, taskTitle } from '../results/summary.ts';
import { modelSettings } from '../settings/readSettings.ts';
import type { SettingsService } from '../settings/settingsService.ts';
import { taskNames, type TaskName } from '../../shared/taskProtocol.ts';

export class ModelPicker {
  readonly #settings: SettingsService;
  readonly #wording: Wording;

  constructor(settings: SettingsService, wording: Wording) {
    this.#settings = settings;
    this.#wording = wording;
  }

  async pickTask(): Promise<TaskName | undefined> {
    const { models } = this.#settings.read();
    const items = taskNames.map((task) => ({
      label: `$(${taskIcons[task]}) ${taskTitle(task, this.#wording)}`,
      description: models[task],
      task,
    }));
    const title = this.#wording.t('Choose Model: for which task?');
    return (await vscode.window.showQuickPick(items, { title }))?.task;
  }

  async pick(task: TaskName, _scope?: vscode.Uri): Promise<string | undefined> {
    return vscode.window.showInputBox({ title: taskTitle(task, this.#wording) });
  }

  async writeSetting(task: TaskName, reference: string): Promise<void> {
    await vscode.workspace
      .getConfiguration()
      .update(modelSettings[task], reference, vscode.ConfigurationTarget.Global);
  }
}
