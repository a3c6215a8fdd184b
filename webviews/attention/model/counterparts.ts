import type { TokenAlignment } from '../../../src/shared/attentionAlign.ts';
import { alignTokens } from '../../../src/shared/attentionAlign.ts';
import type { AttentionStack } from '../../../src/shared/attentionProtocol.ts';
import { remember } from '../../common/remember.ts';
import type { Side } from './side.ts';

/** Which token of one side stands for which of another, when two texts or models are compared. */
export class Counterparts {
  readonly #align = {
    queries: remember(alignTokens),
    keys: remember(alignTokens),
  };

  /** The token of side `to` that stands for a token of side `from`; undefined: none does. */
  find(
    sides: readonly Side[],
    token: number,
    place: {
      readonly stack: string;
      readonly along: 'queries' | 'keys';
      readonly from: number;
      readonly to: number;
    },
  ): number | undefined {
    const { stack: name, along, from, to } = place;
    if (from === to) return token;
    const pieces = [sides[0], sides[1]].map((side) => {
      const stack = side?.loaded?.stacks.find((one): one is AttentionStack => one.name === name);
      return (stack && side?.tokens(stack, along)?.pieces) ?? [];
    });
    const alignment: TokenAlignment = this.#align[along](pieces[0] ?? [], pieces[1] ?? []);
    const partner = from === 0 ? alignment.right[token] : alignment.left[token];
    return partner === undefined || partner < 0 ? undefined : partner;
  }
}
