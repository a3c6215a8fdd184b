import type { Numbers, Say } from '../../common/say.ts';
import type { MeasureName } from '../model/measures.ts';
import { isShare } from '../model/measures.ts';

export function measureLabel(say: Say, name: MeasureName): string {
  const labels: Readonly<Record<MeasureName, () => string>> = {
    entropy: () => say('measureEntropy'),
    relativeEntropy: () => say('measureRelativeEntropy'),
    distance: () => say('measureDistance'),
    first: () => say('measureFirst'),
    separator: () => say('measureSeparator'),
    diagonal: () => say('measureDiagonal'),
    previous: () => say('measurePrevious'),
    next: () => say('measureNext'),
  };
  return labels[name]();
}

export const measureValue = (numbers: Numbers, name: MeasureName, value: number): string =>
  isShare(name) ? numbers.percent(value) : numbers.plain(value);
