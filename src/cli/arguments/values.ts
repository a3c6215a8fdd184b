import { LoupeError } from '../../shared/errors.ts';
import { nearest } from './suggest.ts';

/** Bad arguments: the reason says what was meant. */
export function usageError(reason: string): LoupeError {
  return new LoupeError('arguments-invalid', { reason });
}

/** `value` if it is one of `known`, or `fallback` when it was not given. */
export function oneOf<T extends string>(
  what: string,
  value: string | undefined,
  known: readonly T[],
  fallback: T,
): T {
  if (value === undefined) return fallback;
  const found = known.find((candidate) => candidate === value);
  if (found === undefined) throw usageError(unknownWord(what, value, known));
  return found;
}

/** A whole number between `least` and `most`, or `fallback` when it was not given. */
export function wholeNumber(
  option: string,
  value: string | undefined,
  least: number,
  most: number,
  fallback: number,
): number {
  if (value === undefined) return fallback;
  const number = /^\d{1,9}$/.test(value) ? Number(value) : NaN;
  if (!(number >= least && number <= most))
    throw usageError(`${option} takes a whole number from ${least} to ${most}, not "${value}".`);
  return number;
}

/** A number between `least` and `most`, fractions allowed, or `fallback` when it was not given. */
export function decimal(
  option: string,
  value: string | undefined,
  least: number,
  most: number,
  fallback: number,
): number {
  if (value === undefined) return fallback;
  const number = /^\d{1,6}(\.\d{1,9})?$/.test(value) ? Number(value) : NaN;
  if (!(number >= least && number <= most))
    throw usageError(`${option} takes a number from ${least} to ${most}, not "${value}".`);
  return number;
}

/** `No such command "rn". Did you mean "run"?`, or the list of all. */
export function unknownWord(what: string, word: string, known: readonly string[]): string {
  const meant = nearest(word, known);
  const hint = meant === undefined ? `There are: ${known.join(', ')}.` : `Did you mean "${meant}"?`;
  return `There is no ${what} "${word}". ${hint}`;
}
