import type { AttentionStrings } from '../../src/shared/attentionStrings.ts';
import type { ErrorDetails } from '../../src/shared/errors.ts';
import { fillTemplate } from '../../src/shared/errors.ts';

/** Says a text of the strings in the person's language, its `{names}` filled from details. */
export type Say = (key: keyof AttentionStrings, details?: ErrorDetails) => string;

export const createSay =
  (strings: AttentionStrings): Say =>
  (key, details = {}) =>
    fillTemplate(strings[key], details);

/** Numbers as the person writes them. */
export interface Numbers {
  /** A weight or score, three digits after the point. */
  weight(value: number): string;
  /** A share 0..1 as per cent. */
  percent(value: number): string;
  /** A plain number with at most two digits after the point. */
  plain(value: number): string;
  /** As `plain`, with its sign. */
  signed(value: number): string;
}

/** @param locale BCP 47 */
export function createNumbers(locale: string): Numbers {
  const format = (options: Intl.NumberFormatOptions): ((value: number) => string) => {
    const formatter = new Intl.NumberFormat(locale, options);
    return (value) => (Number.isNaN(value) ? '-' : formatter.format(value));
  };
  return {
    weight: format({ minimumFractionDigits: 3, maximumFractionDigits: 3 }),
    percent: format({ style: 'percent', maximumFractionDigits: 1 }),
    plain: format({ maximumFractionDigits: 2 }),
    signed: format({ minimumFractionDigits: 3, maximumFractionDigits: 3, signDisplay: 'exceptZero' }),
  };
}
