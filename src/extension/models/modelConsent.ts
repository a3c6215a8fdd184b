import * as vscode from 'vscode';
import type { Wording } from '../base/wording.ts';
import { readIfComplete } from '../../core/models/hub/openHubModel.ts';
import { hubModelDirectory } from '../../core/models/hub/hubLayout.ts';
import type { ModelPlaces } from '../../core/models/places.ts';
import { parseReference } from '../../core/models/reference.ts';
import { LoupeError } from '../../shared/errors.ts';

/**
 * Before a model is downloaded for the first time: says what is fetched, from where and to where, and goes on only
 * when the person agrees. Loupe uses the network for nothing else.
 */
export class ModelConsent {
  readonly #agreed = new Set<string>();
  readonly #wording: Wording;

  constructor(wording: Wording) {
    this.#wording = wording;
  }

  /** Resolves when the model is here or may be fetched. Throws LoupeError `cancelled` when the person declines. */
  async ensure(reference: string, places: ModelPlaces): Promise<void> {
    const parsed = parseReference(reference);
    if (parsed.kind !== 'hub' || this.#agreed.has(reference)) return;
    if ((await readIfComplete(hubModelDirectory(places, parsed), reference)) !== undefined) return;
    const { t } = this.#wording;
    const download = t('Download');
    const answer = await vscode.window.showInformationMessage(
      t(
        'Loupe: {model} is not on this machine yet. It is downloaded once from {from} to {folder}; after that it works offline.',
        { model: reference, from: places.hubEndpoint, folder: places.cacheDirectory },
      ),
      download,
      t('Not Now'),
    );
    if (answer !== download) throw new LoupeError('cancelled');
    this.#agreed.add(reference);
  }
}
