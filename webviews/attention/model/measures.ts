import type { HeadPattern, HeadSummary } from '../../../src/shared/attentionProtocol.ts';
import { headPatterns } from '../../../src/shared/attentionProtocol.ts';

/** What can be measured of a head: a number of its summary. */
export const measureNames = ['entropy', 'relativeEntropy', 'distance', ...headPatterns] as const;
export type MeasureName = (typeof measureNames)[number];

/** The value of a measure; NaN where it says nothing (distance in cross-attention). */
export function measureOf(summary: HeadSummary, name: MeasureName): number {
  if (name === 'entropy' || name === 'relativeEntropy' || name === 'distance') return summary[name];
  return summary.shares[name];
}

export const isShare = (name: MeasureName): name is HeadPattern | 'relativeEntropy' =>
  name !== 'entropy' && name !== 'distance';
