import type { HeadPattern } from '../../../src/shared/attentionProtocol.ts';
import type { Say } from '../../common/say.ts';

/** Signs small enough for a thumbnail's corner. */
export const patternSigns: Readonly<Record<HeadPattern, string>> = {
  first: '⇤',
  separator: '┆',
  diagonal: '╲',
  previous: '←',
  next: '→',
};

export function patternName(say: Say, pattern: HeadPattern): string {
  const names: Readonly<Record<HeadPattern, () => string>> = {
    first: () => say('patternFirst'),
    separator: () => say('patternSeparator'),
    diagonal: () => say('patternDiagonal'),
    previous: () => say('patternPrevious'),
    next: () => say('patternNext'),
  };
  return names[pattern]();
}
