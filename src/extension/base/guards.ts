import type { TextSpan } from '../../shared/textSpan.ts';

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

export function isSpan(value: unknown): value is TextSpan {
  return isRecord(value) && Number.isInteger(value['start']) && Number.isInteger(value['end']);
}

/** 0, 1, 2, ... */
export function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}
