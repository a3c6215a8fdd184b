import type { Attribution, AttentionTokens } from '../../../src/shared/attentionProtocol.ts';

/** Tokens of each unit of an attribution, as a range; undefined where a unit has none in this window. */
export function unitTokens(
  { units }: Attribution,
  tokens: AttentionTokens,
): readonly ({ readonly first: number; readonly end: number } | undefined)[] {
  return units.map(({ start, end, sequence }) => {
    let first = -1;
    let last = -1;
    for (let token = 0; token < tokens.pieces.length; token += 1) {
      const from = tokens.offsets[2 * token] ?? 0;
      const to = tokens.offsets[2 * token + 1] ?? 0;
      if (to <= from || tokens.sequence[token] !== sequence || from >= end || to <= start) continue;
      if (first < 0) first = token;
      last = token;
    }
    return first < 0 ? undefined : { first, end: last + 1 };
  });
}
