import path from 'node:path';
import * as vscode from 'vscode';
import { modelItems, type ModelItem } from './modelItems.ts';
import { relativeReference, workspaceModelFolders } from './workspaceModels.ts';
import type { Wording } from '../base/wording.ts';
import { errorText } from '../messages/texts.ts';
import { taskIcons, taskTitle } from '../results/summary.ts';
import { modelName } from '../../shared/modelName.ts';
import { modelSettings } from '../settings/readSettings.ts';
import type { SettingsService } from '../settings/settingsService.ts';
import { readModelFolder } from '../../core/models/folder.ts';
import { listModels } from '../../core/models/listModels.ts';
import { formatReference, parseReference } from '../../core/models/reference.ts';
import { requireTask } from '../../core/models/taskOfModel.ts';
import { LoupeError } from '../../shared/errors.ts';
import { taskNames, type TaskName } from '../../shared/taskProtocol.ts';

interface Row extends vscode.QuickPickItem {
  readonly choose?: () => Promise<string | undefined>;
}

/** Lets the person choose a task and a model, and writes the choice to the settings. */
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
      description: modelName(models[task]),
      task,
    }));
    const title = this.#wording.t('Choose Model: for which task?');
    return (await vscode.window.showQuickPick(items, { title }))?.task;
  }

  /** Any model, whatever its task: `current` is marked as the one in use. As `pick` otherwise. */
  async pickAny(current: string, scope?: vscode.Uri): Promise<string | undefined> {
    return this.#choose(this.#wording.t('Choose Model'), undefined, current, scope);
  }

  /**
   * A reference chosen for a task, undefined when the person changed their mind. Throws LoupeError when what they named
   * is no model for the task.
   */
  async pick(task: TaskName, scope?: vscode.Uri): Promise<string | undefined> {
    const title = this.#wording.t('Choose Model: {task}', { task: taskTitle(task, this.#wording) });
    return this.#choose(title, task, this.#current(task, scope), scope);
  }

  async #choose(
    title: string,
    task: TaskName | undefined,
    current: string | undefined,
    scope: vscode.Uri | undefined,
  ): Promise<string | undefined> {
    const { t } = this.#wording;
    const row = await vscode.window.showQuickPick(this.#rows(task, current, scope), {
      title,
      placeHolder: t('Starters, models from the hub, or folders with ONNX weights'),
      matchOnDescription: true,
      matchOnDetail: true,
    });
    return row?.choose?.();
  }

  /** Where the choice was written is where the settings already name a model, else the person's own settings. */
  async writeSetting(task: TaskName, reference: string): Promise<void> {
    const relative = vscode.workspace.isTrusted ? relativeReference(reference) : undefined;
    const configuration = vscode.workspace.getConfiguration();
    const isInWorkspace =
      vscode.workspace.isTrusted && configuration.inspect(modelSettings[task])?.workspaceValue !== undefined;
    const target =
      relative !== undefined || isInWorkspace
        ? vscode.ConfigurationTarget.Workspace
        : vscode.ConfigurationTarget.Global;
    await configuration.update(modelSettings[task], relative ?? reference, target);
  }

  async #rows(
    task: TaskName | undefined,
    current: string | undefined,
    scope: vscode.Uri | undefined,
  ): Promise<Row[]> {
    const { t } = this.#wording;
    const folders = new Set(await workspaceModelFolders());
    if (current !== undefined && path.isAbsolute(current)) folders.add(current);
    const listings = await listModels(this.#settings.places(scope), [...folders]);
    return [
      ...modelItems(listings, task, current ?? '', this.#wording).map(rowOf),
      { label: '', kind: vscode.QuickPickItemKind.Separator },
      { label: `$(cloud-download) ${t('Enter a hub reference…')}`, choose: () => this.#enterHubReference() },
      { label: `$(folder-opened) ${t('Browse for a model folder…')}`, choose: () => this.#browse(task) },
    ];
  }

  /** The current model; undefined when the setting is no reference (the run itself will say so). */
  #current(task: TaskName, scope: vscode.Uri | undefined): string | undefined {
    try {
      return this.#settings.modelFor(task, scope);
    } catch (error) {
      if (error instanceof LoupeError) return undefined;
      throw error;
    }
  }

  async #enterHubReference(): Promise<string | undefined> {
    const { t } = this.#wording;
    const entered = await vscode.window.showInputBox({
      title: t('Choose Model: from the hub'),
      prompt: t('A model with ONNX weights, as OWNER/NAME or OWNER/NAME@REVISION.'),
      placeHolder: 'Xenova/distilbert-base-uncased-finetuned-sst-2-english',
      validateInput: (value) => this.#hubProblem(value),
    });
    return entered === undefined ? undefined : formatReference(parseReference(hubReference(entered)));
  }

  #hubProblem(value: string): string | undefined {
    try {
      parseReference(hubReference(value));
      return undefined;
    } catch (error) {
      return errorText(LoupeError.from(error), this.#wording);
    }
  }

  async #browse(task: TaskName | undefined): Promise<string | undefined> {
    const { t } = this.#wording;
    const [folder] =
      (await vscode.window.showOpenDialog({
        canSelectFiles: false,
        canSelectFolders: true,
        title: t('Choose a folder with config.json, tokenizer.json and ONNX weights'),
        openLabel: t('Use This Model'),
      })) ?? [];
    if (folder === undefined) return undefined;
    const { description } = await readModelFolder(folder.fsPath, folder.fsPath);
    if (task !== undefined) requireTask(description, task);
    return folder.fsPath;
  }
}

function hubReference(entered: string): string {
  const text = entered.trim();
  return text.startsWith('hub:') ? text : `hub:${text}`;
}

function rowOf(item: ModelItem): Row {
  if (item.kind === 'group') return { label: item.label, kind: vscode.QuickPickItemKind.Separator };
  const { label, description, detail, reference, error } = item;
  const choose = () => (error === undefined ? Promise.resolve(reference) : Promise.reject(error));
  return { label, description, detail, choose };
}
