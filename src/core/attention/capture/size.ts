import type { StackName } from '../../../shared/attentionProtocol.ts';
import type { AttentionLayer } from '../../onnx/attentionGraph.ts';
import type { GraphFacts } from './graph.ts';
import type { AttentionModel } from './model.ts';
import { firstNumber } from './model.ts';

/** Tokens of source and target (0 without one). */
export interface Sides {
  readonly source: number;
  readonly target: number;
}

interface AllFacts {
  readonly main: { readonly facts: GraphFacts };
  readonly encoder: { readonly facts: GraphFacts } | undefined;
}

/** Maps pooled further than this say nothing any more. */
const largestPooling = 64;

/**
 * The smallest pooling (1, 2, 4, ...) with which all maps of a model fit into `budget` bytes, and the bytes that they
 * then take; the largest there is when none fits.
 */
export function choosePooling(
  facts: AllFacts,
  model: AttentionModel,
  sides: Sides,
  budget: number,
): { readonly pooling: number; readonly bytes: number } {
  let pooling = 1;
  let bytes = bytesOf(facts, model, sides, pooling);
  while (bytes > budget && pooling < largestPooling) {
    pooling *= 2;
    bytes = bytesOf(facts, model, sides, pooling);
  }
  return { pooling, bytes };
}

/**
 * Bytes that the largest attention takes while it runs: five float32 tensors of its size (scores, masked scores,
 * probabilities, shares) and the bytes made of them. Measured at 1,024 tokens: 21 bytes a cell.
 */
export function runBytes(facts: AllFacts, model: AttentionModel, sides: Sides): number {
  const cells = layers(facts).map((layer) => {
    const [queries, keys] = sizes(layer.stack, model, sides);
    return headsOf(layer, model) * queries * keys;
  });
  return Math.max(0, ...cells) * (5 * 4 + 1);
}

function bytesOf(facts: AllFacts, model: AttentionModel, sides: Sides, pooling: number): number {
  return layers(facts).reduce((sum, layer) => {
    const [queries, keys] = sizes(layer.stack, model, sides).map((side) => Math.ceil(side / pooling));
    return sum + headsOf(layer, model) * (queries ?? 0) * ((keys ?? 0) + 4);
  }, 0);
}

function layers({ main, encoder }: AllFacts): readonly AttentionLayer[] {
  return [...(encoder?.facts.layers ?? []), ...main.facts.layers];
}

function headsOf({ heads }: AttentionLayer, { config }: AttentionModel): number {
  const named = ['num_attention_heads', 'n_heads', 'n_head', 'num_heads', 'encoder_attention_heads'];
  return heads ?? firstNumber(config, named) ?? 16;
}

function sizes(
  stack: StackName,
  { hasDecoderInput }: AttentionModel,
  { source, target }: Sides,
): readonly [queries: number, keys: number] {
  if (stack === 'encoder' || !hasDecoderInput) return [source, source];
  return [target, stack === 'cross' ? source : target];
}
