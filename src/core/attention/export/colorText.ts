import type { Rgb } from '../../../shared/attentionColors.ts';

/** `#rrggbb` as numbers. */
export function parseHex(hex: string): Rgb {
  const value = Number.parseInt(hex.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}
