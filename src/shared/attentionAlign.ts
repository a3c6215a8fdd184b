/** Which token of one side stands for which of the other; -1: none. */
export interface TokenAlignment {
  /** Of each left token its partner on the right. */
  readonly right: Int32Array;
  /** Of each right token its partner on the left. */
  readonly left: Int32Array;
}

/**
 * Aligns two token sequences for a difference: the longest common subsequence of equal pieces, in order. Where several are
 * as long, matches stand as early as they can. O(n m) time and two bytes a pair (2,048 by 2,048 tokens: 8 MB); what
 * both begin and end with is matched first and costs nothing.
 */
export function alignTokens(left: readonly string[], right: readonly string[]): TokenAlignment {
  const alignment = {
    right: new Int32Array(left.length).fill(-1),
    left: new Int32Array(right.length).fill(-1),
  };
  const match = (a: number, b: number): void => {
    alignment.right[a] = b;
    alignment.left[b] = a;
  };
  const shorter = Math.min(left.length, right.length);
  let start = 0;
  while (start < shorter && left[start] === right[start]) match(start, start++);
  let tail = 0;
  while (tail < shorter - start && left[left.length - 1 - tail] === right[right.length - 1 - tail]) {
    tail++;
    match(left.length - tail, right.length - tail);
  }
  const rows = left.slice(start, left.length - tail);
  const columns = right.slice(start, right.length - tail);
  for (const [a, b] of commonSubsequence(rows, columns)) match(start + a, start + b);
  return alignment;
}

/** Pairs of positions, in order. Lengths of the best from (a, b) on are filled from the end. */
function* commonSubsequence(
  rows: readonly string[],
  columns: readonly string[],
): Generator<readonly [number, number]> {
  const width = columns.length + 1;
  const best = new Uint16Array((rows.length + 1) * width);
  for (let a = rows.length - 1; a >= 0; a--)
    for (let b = columns.length - 1; b >= 0; b--)
      best[a * width + b] =
        rows[a] === columns[b]
          ? (best[(a + 1) * width + b + 1] ?? 0) + 1
          : Math.max(best[(a + 1) * width + b] ?? 0, best[a * width + b + 1] ?? 0);
  let a = 0;
  let b = 0;
  while (a < rows.length && b < columns.length)
    if (rows[a] === columns[b]) yield [a++, b++];
    else if ((best[(a + 1) * width + b] ?? 0) >= (best[a * width + b + 1] ?? 0)) a++;
    else b++;
}
