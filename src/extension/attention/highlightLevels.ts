import type { Passage } from './passage.ts';
import { inDocument } from './passage.ts';
import type { AttentionHighlight } from '../../shared/attentionPanel.ts';
import type { TextSpan } from '../../shared/textSpan.ts';

/** How many strengths of tint there are: a theme colour cannot be mixed, so each has a colour of its own. */
export const highlightLevels = 4;

/** The level (0, the faintest, to 3) of a weight of 0..1; undefined for nothing. */
export function levelOf(weight: number): number | undefined {
  if (!(weight > 0)) return undefined;
  return Math.min(highlightLevels, Math.ceil(weight * highlightLevels)) - 1;
}

/** Spans of the document to tint, by level. Characters that are not there any more are left out. */
export function spansByLevel(passage: Passage, spans: AttentionHighlight['spans']): TextSpan[][] {
  const levels: TextSpan[][] = Array.from({ length: highlightLevels }, () => []);
  for (const { start, end, weight } of spans) {
    const level = levelOf(weight);
    const span = end > start ? inDocument(passage, { start, end }) : undefined;
    if (level !== undefined && span !== undefined) levels[level]?.push(span);
  }
  return levels;
}
