import { setImmediate } from 'node:timers/promises';
import { mapOfWeights } from '../../../shared/attentionMaps.ts';
import type { AttentionMap } from '../../../shared/attentionProtocol.ts';
import { LoupeError } from '../../../shared/errors.ts';
import { sidesOf } from '../boxes.ts';
import { FlowNetwork } from './flowNetwork.ts';
import type { StackMaps } from '../headMaps.ts';
import { kindOf } from './meanWeights.ts';
import { checkPlace } from '../places.ts';
import { residualWeights } from './rollout.ts';

/**
 * Tokens that flow is worked out for at most. 12 layers of 12 heads on one core: 64 tokens 0.1 s, 128 0.6 to 1.0 s, 256 5 to
 * 9 s, and eight times as long for every doubling.
 */
export const flowTokenLimit = 256;

export interface FlowOptions {
  readonly signal?: AbortSignal;
  /** Default `flowTokenLimit`. */
  readonly limit?: number;
}

/**
 * Attention flow: for each input token the maximum flow to it from token `token` after the last layer, where edge (i, j) of
 * a layer takes (A + I) / 2 and A is the mean over heads. Abnar & Zuidema 2020, section 3 (arXiv:2005.00928). One row of
 * values 0..1 (they need not sum to 1), NaN where the token's own row was.
 * Gives way between tokens so that the signal is heard. Throws `attention-flow-too-long`, `attention-place-missing` (`model`
 * is for its message) or the signal's reason.
 */
export async function flowOf(
  stack: StackMaps,
  token: number,
  model: string,
  { signal, limit = flowTokenLimit }: FlowOptions = {},
): Promise<AttentionMap> {
  const { queries: tokens } = sidesOf(stack);
  checkPlace(model, 'token', token, tokens);
  if (tokens > limit || stack.pooling > 1)
    throw new LoupeError('attention-flow-too-long', { limit, tokens: tokens * stack.pooling });
  const isLost = new Uint8Array(tokens);
  const layers = stack.layers.map((layer) => residualWeights(layer, kindOf(stack), isLost));
  const network = new FlowNetwork(tokens, layers);
  const flows = new Float32Array(tokens).fill(NaN);
  for (let input = 0; input < tokens && isLost[token] === 0; input++) {
    signal?.throwIfAborted();
    flows[input] = network.maximum(token, input);
    await setImmediate();
  }
  return mapOfWeights(flows, 1, tokens);
}
