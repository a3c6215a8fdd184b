import { formatBytes, type Wording } from '../base/wording.ts';
import { errorText } from '../messages/texts.ts';
import { modelName } from '../../shared/modelName.ts';
import type { ModelListing } from '../../core/models/listModels.ts';
import { LoupeError } from '../../shared/errors.ts';
import type { TaskName } from '../../shared/taskProtocol.ts';

/** One row of the model list, or the title of a group of rows. */
export type ModelItem =
  | { readonly kind: 'group'; readonly label: string }
  | {
      readonly kind: 'model';
      readonly label: string;
      readonly description: string;
      readonly detail: string;
      readonly reference: string;
      /** Why it cannot be used; choosing it says so again. */
      readonly error?: LoupeError;
    };

/** The models that can do a task (without one: all), by where they come from; those that are broken, with the reason. */
export function modelItems(
  listings: readonly ModelListing[],
  task: TaskName | undefined,
  current: string,
  wording: Wording,
): ModelItem[] {
  const { t } = wording;
  const groups = [
    { label: t('Starter models'), kinds: ['shipped', 'package'] },
    { label: t('Downloaded from the hub'), kinds: ['hub'] },
    { label: t('Folders'), kinds: ['folder'] },
  ];
  return groups.flatMap(({ label, kinds }) => {
    const rows = listings
      .filter((listing) => kinds.includes(listing.origin.kind))
      .filter((listing) => task === undefined || listing.task === task || listing.task === undefined)
      .map((listing) => modelItem(listing, current, wording));
    return rows.length === 0 ? [] : [{ kind: 'group', label } as const, ...rows];
  });
}

function modelItem(listing: ModelListing, current: string, wording: Wording): ModelItem {
  const { reference } = listing;
  const error = listing.error && LoupeError.fromData(listing.error);
  const isCurrent = reference === current;
  const icon = error === undefined ? (isCurrent ? '$(check) ' : '') : '$(error) ';
  const facts = error === undefined ? factsOf(listing, wording) : [];
  return {
    kind: 'model',
    label: `${icon}${modelName(reference)}`,
    description: [...(isCurrent ? [wording.t('in use')] : []), ...facts].join(' · '),
    detail: error === undefined ? originOf(listing, wording) : errorText(error, wording),
    reference,
    ...(error === undefined ? {} : { error }),
  };
}

function factsOf(listing: ModelListing, wording: Wording): string[] {
  const { precisions, bytes, languages, licence, installed } = listing;
  const size = bytes === 0 ? [] : [formatBytes(bytes, wording)];
  return [
    ...precisions,
    ...size,
    ...(languages.length === 0 ? [] : [languages.join(', ')]),
    ...(licence === undefined ? [] : [licence]),
    ...(installed ? [] : [wording.t('not installed yet')]),
  ];
}

function originOf({ origin, directory }: ModelListing, { t }: Wording): string {
  switch (origin.kind) {
    case 'shipped':
      return t('Comes with Loupe');
    case 'package':
      return t('From the Python package {name} {version}', { name: origin.name, version: origin.version });
    case 'hub':
      return t('{id} at {revision}', {
        id: origin.id,
        revision: origin.commit?.slice(0, 12) ?? origin.revision,
      });
    case 'folder':
      return directory;
  }
}
