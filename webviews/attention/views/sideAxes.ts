import type { AttentionViewState } from '../../../src/shared/attentionPanel.ts';
import type { AttentionStack, AttentionTokens } from '../../../src/shared/attentionProtocol.ts';
import { remember } from '../../common/remember.ts';
import type { Axis } from '../model/axis.ts';
import { createAxis } from '../model/axis.ts';
import type { Side } from '../model/side.ts';

export interface Axes {
  readonly rows: Axis;
  readonly columns: Axis;
}

/** The entries along both sides of a stack's maps, as the person filters and groups them; made anew only when that changed. */
export class SideAxes {
  readonly #rows = remember(axisOf);
  readonly #columns = remember(axisOf);

  /** Undefined until the overview is there. */
  of(side: Side, stack: AttentionStack, state: AttentionViewState): Axes | undefined {
    const queries = side.tokens(stack, 'queries');
    const keys = side.tokens(stack, 'keys');
    if (!queries || !keys) return undefined;
    return {
      rows: this.#rows(queries, side, stack, 'queries', state.words, state.querySegment),
      columns: this.#columns(keys, side, stack, 'keys', state.words, state.keySegment),
    };
  }
}

function axisOf(
  tokens: AttentionTokens,
  side: Side,
  stack: AttentionStack,
  along: 'queries' | 'keys',
  words: boolean,
  segment: number | undefined,
): Axis {
  // A filter of pairs means nothing to a single sequence.
  const isFiltered =
    segment !== undefined && tokens.sequence.includes(segment) && tokens.sequence.includes(1);
  return createAxis(tokens, side.texts(stack, along), { words, segment: isFiltered ? segment : undefined });
}
