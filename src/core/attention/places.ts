import { LoupeError } from '../../shared/errors.ts';

/** Throws `attention-place-missing` unless `index` is a whole number from 0 to `length - 1`. */
export function checkPlace(model: string, what: string, index: number, length: number): void {
  if (!Number.isInteger(index) || index < 0 || index >= length)
    throw new LoupeError('attention-place-missing', { model, what, index, last: length - 1 });
}
