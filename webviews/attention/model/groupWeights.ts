import type { HeadWeights } from '../../../src/shared/attentionProtocol.ts';
import type { Axis } from './axis.ts';

/**
 * Attention between one group of tokens and all groups of the other axis, by the rules of grouped maps: mean over a group's
 * queries, sum over its keys.
 * @param weights one per token of the chosen group
 * @param direction `from`: the chosen group asks; `to`: it is asked
 * @returns one weight per group of `others`, NaN where no query of it is a number
 */
export function groupWeights(
  weights: readonly HeadWeights[],
  head: number,
  others: Axis,
  direction: 'from' | 'to',
): Float32Array {
  const out = new Float32Array(others.groups.length);
  others.groups.forEach(({ first, end }, index) => {
    let sum = 0;
    let queries = 0;
    for (let other = first; other < end; other += 1) {
      const own = weights.map((one) => one.weights[head * one.tokens + other] ?? NaN);
      const numbers = own.filter((weight) => !Number.isNaN(weight));
      const isQuery = direction === 'to';
      sum += numbers.reduce((total, weight) => total + weight, 0);
      if (isQuery && numbers.length > 0) queries += 1;
    }
    const asked = direction === 'to' ? queries : weights.filter((one) => isNumber(one, head)).length;
    out[index] = asked === 0 ? NaN : sum / asked;
  });
  return out;
}

/** Whether a token's row is one of numbers. */
const isNumber = ({ weights, tokens }: HeadWeights, head: number): boolean =>
  !Number.isNaN(weights[head * tokens] ?? NaN);
