import type { LayerMaps } from './headMaps.ts';
import { rowTail } from './rowTail.ts';

/** byte * log2(byte), so that a cell costs a look-up in place of a logarithm. */
const byteLogs = Float64Array.from({ length: 256 }, (_, byte) => (byte === 0 ? 0 : byte * Math.log2(byte)));

/** What one row says; one object is filled again for every row, so that scanning allocates nothing. */
export class RowScan {
  /** Bits. */
  entropy = 0;
  /** Mean |query - key|, weighted. */
  distance = 0;
  cells: Uint8Array = new Uint8Array(0);
  from = 0;
  visible = 0;
  /** Weight of a cell with byte b: b * factor, or `tail` for 0. The row sums to 1. */
  factor = 0;
  tail = 0;

  /** The row's weight on key `key`, 0 for one that is not there or not visible. */
  weightAt(key: number): number {
    if (key < 0 || key >= this.visible) return 0;
    const byte = this.cells[this.from + key] as number;
    return byte === 0 ? this.tail : byte * this.factor;
  }
}

export interface RowPlace {
  /** head * queries + query. */
  readonly row: number;
  readonly query: number;
  /** How many keys, from the first on, can be seen. */
  readonly visible: number;
  /** What the weights sum to as they are kept (`rowTail`). */
  readonly whole: number;
}

/**
 * Reads a row of a layer in one pass, as weights that sum to 1. False, with `scan` unchanged, for a row that is NaN or holds no weight.
 *
 * With p = byte * f, or t where the byte is 0 (n of them): -sum p log p = -f * (sum b log b + log f * sum b) - n t log t.
 * |query - key| needs sums of b and b * key on both sides of the query; of zeros it is what all keys have less the others.
 */
export function scanRow(scan: RowScan, maps: LayerMaps, { row, query, visible, whole }: RowPlace): boolean {
  const scale = maps.scales[row] as number;
  if (!(scale > 0)) return false;
  const { cells } = maps;
  const from = row * maps.keys;
  let sum = 0;
  let logs = 0;
  let moment = 0;
  let count = 0;
  let away = 0;
  const turn = Math.min(query, visible);
  for (let key = 0; key < turn; key++) {
    const byte = cells[from + key] as number;
    if (byte === 0) continue;
    const distance = query - key;
    sum += byte;
    logs += byteLogs[byte] as number;
    moment += byte * distance;
    count++;
    away += distance;
  }
  for (let key = turn; key < visible; key++) {
    const byte = cells[from + key] as number;
    if (byte === 0) continue;
    const distance = key - query;
    sum += byte;
    logs += byteLogs[byte] as number;
    moment += byte * distance;
    count++;
    away += distance;
  }
  if (sum === 0) return false;
  const zeros = visible - count;
  const lost = rowTail(sum, scale, zeros, whole);
  const total = (sum * scale) / 255 + zeros * lost;
  const factor = scale / 255 / total;
  const tail = lost / total;
  // Rounding may leave it a hair below zero.
  scan.entropy = Math.max(
    0,
    -factor * (logs + Math.log2(factor) * sum) - (tail === 0 ? 0 : zeros * tail * Math.log2(tail)),
  );
  scan.distance = factor * moment + tail * (distancesTo(query, visible) - away);
  scan.cells = cells;
  scan.from = from;
  scan.visible = visible;
  scan.factor = factor;
  scan.tail = tail;
  return true;
}

/** Sum of |query - key| over keys 0 to visible - 1. */
function distancesTo(query: number, visible: number): number {
  const left = Math.min(query, visible);
  const right = visible - left;
  // Left: query, query - 1, ... ; right: from |left - query| on, which is 0 unless the query lies behind all keys.
  return (left * (2 * query - left + 1)) / 2 + (right * (right - 1)) / 2;
}
