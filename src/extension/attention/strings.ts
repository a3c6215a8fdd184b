import type { Wording } from '../base/wording.ts';
import { attentionStrings, type AttentionStrings } from '../../shared/attentionStrings.ts';
import { warningTemplates, type WarningCode } from '../../shared/taskProtocol.ts';

/** Every text of the attention views in the person's language. */
export function translatedStrings({ t }: Wording): AttentionStrings {
  return translated(attentionStrings, t);
}

/** Templates of all warnings in the person's language; their places stay to be filled. */
export function translatedWarnings({ t }: Wording): Readonly<Record<WarningCode, string>> {
  return translated(warningTemplates, t);
}

function translated<Key extends string>(
  english: Readonly<Record<Key, string>>,
  t: Wording['t'],
): Readonly<Record<Key, string>> {
  const entries = Object.entries<string>(english).map(([key, message]) => [key, t(message)]);
  return Object.fromEntries(entries) as Record<Key, string>;
}
