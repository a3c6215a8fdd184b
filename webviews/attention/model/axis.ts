import type { AttentionTokens } from '../../../src/shared/attentionProtocol.ts';
import type { TokenGroup } from '../../../src/shared/attentionWords.ts';
import { groupWords, singleTokens } from '../../../src/shared/attentionWords.ts';

/** The tokens (or words) along one side of a picture. */
export interface Axis {
  readonly groups: readonly TokenGroup[];
  /** Group that holds a token, -1 where a filter leaves it out. */
  readonly groupOf: Int32Array;
  /** Whether every group is the token of the same number, so that maps need no regrouping. */
  readonly isPlain: boolean;
}

export interface AxisOptions {
  /** Tokens of one word become one entry. */
  readonly words: boolean;
  /** Only tokens of this sequence; undefined: all, with the special tokens. */
  readonly segment: number | undefined;
}

/** Lines up tokens (or words) along a side of a picture. @param texts text of each sequence, by its number */
export function createAxis(tokens: AttentionTokens, texts: readonly string[], options: AxisOptions): Axis {
  const { words, segment } = options;
  const all = words ? groupWords(tokens, texts) : singleTokens(tokens);
  const groups = segment === undefined ? all : all.filter(({ sequence }) => sequence === segment);
  const groupOf = new Int32Array(tokens.pieces.length).fill(-1);
  groups.forEach(({ first, end }, index) => groupOf.fill(index, first, end));
  return { groups, groupOf, isPlain: groups.length === tokens.pieces.length };
}
