/** For every UTF-16 unit of a normalized text: the span of the text as given that it came from. */
export interface Alignment {
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
}

/** How far ahead a piece is looked for when the normalizer did something that depends on context. */
const reach = 8;

/**
 * Aligns a text with its normalized form without the normalizer's help: the text is normalized again, one character
 * with its combining marks at a time, and each piece is looked for in the normalized text where the last one ended.
 * What the normalizer added (spaces around CJK, a prefix) gets an empty span; what it dropped none. Exact for
 * normalizers that work character by character; near for others. Linear in the length of the text.
 */
export function alignNormalized(
  raw: string,
  normalized: string,
  normalize: (text: string) => string,
): Alignment {
  const starts = new Uint32Array(normalized.length);
  const ends = new Uint32Array(normalized.length);
  if (raw === normalized) {
    for (let unit = 0; unit < raw.length; unit++) {
      starts[unit] = unit;
      ends[unit] = unit + 1;
    }
    return { starts, ends };
  }
  const pieces = new Map<string, string>();
  let at = 0;
  const assign = (until: number, start: number, end: number): void => {
    starts.fill(start, at, until);
    ends.fill(end, at, until);
    at = until;
  };
  for (const match of raw.matchAll(/\P{M}\p{M}*|\p{M}+/gsu)) {
    const cluster = match[0];
    let piece = pieces.get(cluster);
    if (piece === undefined) {
      piece = normalize(cluster).trim() || normalize(cluster);
      pieces.set(cluster, piece);
    }
    if (piece === '' || at === normalized.length) continue;
    const found = normalized.slice(at, at + reach + piece.length).indexOf(piece);
    if (found < 0) continue;
    assign(at + found, match.index, match.index);
    assign(at + piece.length, match.index, match.index + cluster.length);
  }
  assign(normalized.length, raw.length, raw.length);
  return { starts, ends };
}
