import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { DisposableStore } from '../../shared/disposable.ts';
import { Emitter } from '../../shared/emitter.ts';
import { readSettings, settingDefaults, type LoupeSettings } from './readSettings.ts';
import type { ErrorPresenter } from '../messages/errorPresenter.ts';
import { defaultCacheDirectory, type ModelPlaces } from '../../core/models/places.ts';
import { formatReference, parseReference } from '../../core/models/reference.ts';
import type { InferenceSettings } from '../../shared/inferenceProtocol.ts';
import type { TaskName } from '../../shared/taskProtocol.ts';

/** Reads the settings; what is of the wrong type is reported once and read as its default. */
export class SettingsService implements vscode.Disposable {
  readonly #disposables = new DisposableStore();
  readonly #changed = new Emitter<void>();
  readonly onDidChange = (listener: () => void) => this.#changed.on(listener);
  readonly #reported = new Set<string>();
  readonly #extensionPath: string;
  readonly #errors: ErrorPresenter;

  constructor(extensionPath: string, errors: ErrorPresenter) {
    this.#extensionPath = extensionPath;
    this.#errors = errors;
    this.#disposables.add(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('loupe')) this.#changed.fire();
      }),
    );
    this.#disposables.add(vscode.workspace.onDidGrantWorkspaceTrust(() => this.#changed.fire()));
  }

  /** The settings for a document (or for the window). */
  read(scope?: vscode.Uri): LoupeSettings {
    const configuration = vscode.workspace.getConfiguration(undefined, scope ?? null);
    const { settings, problems } = readSettings((id) => configuration.get(id));
    for (const problem of problems) {
      if (this.#reported.has(problem.message)) continue;
      this.#reported.add(problem.message);
      this.#errors.show(problem);
    }
    return settings;
  }

  /** Where models are looked for; relative folders start at the document's workspace folder. */
  places(scope?: vscode.Uri): ModelPlaces {
    const { hubEndpoint, cacheFolder } = this.read(scope);
    const base = baseFolder(scope);
    return {
      starterDirectory: path.join(this.#extensionPath, 'media', 'models'),
      cacheDirectory: path.isAbsolute(cacheFolder)
        ? cacheFolder
        : defaultCacheDirectory(process.env, process.platform),
      hubEndpoint: hubAddress(hubEndpoint).replace(/\/+$/, ''),
      ...(base === undefined ? {} : { baseDirectory: base }),
    };
  }

  /**
   * The reference of a task's model for a document, folders absolute. Throws LoupeError `reference-invalid`.
   */
  modelFor(task: TaskName, scope?: vscode.Uri): string {
    const directory = baseFolder(scope);
    return formatReference(parseReference(this.read(scope).models[task], { directory, home: os.homedir() }));
  }

  /** What the inference process is told. */
  inference(): InferenceSettings {
    const { device, precision, threads, memoryLimitMb } = this.read();
    const { starterDirectory, cacheDirectory, hubEndpoint } = this.places();
    return { device, precision, threads, memoryLimitMb, starterDirectory, cacheDirectory, hubEndpoint };
  }

  dispose(): void {
    this.#disposables.dispose();
  }
}

/** Hugging Face's own variable counts as for the command line, unless a setting names a hub. */
function hubAddress(setting: string): string {
  const fromEnvironment = process.env['HF_ENDPOINT'];
  const isChosen = setting !== settingDefaults.hubEndpoint;
  return isChosen || fromEnvironment === undefined || fromEnvironment === '' ? setting : fromEnvironment;
}

function baseFolder(scope: vscode.Uri | undefined): string | undefined {
  const folder = scope === undefined ? undefined : vscode.workspace.getWorkspaceFolder(scope);
  const chosen = folder ?? vscode.workspace.workspaceFolders?.[0];
  return chosen?.uri.scheme === 'file' ? chosen.uri.fsPath : undefined;
}
