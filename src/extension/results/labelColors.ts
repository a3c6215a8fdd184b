import type { colorIds } from '../../shared/ids.ts';

export type LoupeColor = keyof typeof colorIds;

const palette = [
  'entity1',
  'entity2',
  'entity3',
  'entity4',
  'entity5',
  'entity6',
] as const satisfies LoupeColor[];

/** The four classic entity kinds, under the names models give them, never share a colour. */
const known: readonly (readonly string[])[] = [
  ['per', 'person', 'pessoa'],
  ['org', 'organization', 'organizacao', 'corporation', 'group'],
  ['loc', 'gpe', 'location', 'local'],
  ['misc', 'product', 'creative-work'],
];

/** B-PER and I-PER are both PER: the IOB prefix says where an entity starts, not what it is. */
export function labelName(label: string): string {
  return /^[BIESLU]-(?=.)/.test(label) ? label.slice(2) : label;
}

/** A colour of its own for a label, the same in every run: known kinds first, others spread by their name. */
export function labelColor(label: string): LoupeColor {
  const name = labelName(label).toLowerCase();
  const kind = known.findIndex((names) => names.includes(name));
  if (kind !== -1) return palette[kind] ?? 'entity1';
  let hash = 0;
  for (const character of name) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
  return palette[hash % palette.length] ?? 'entity1';
}
