import path from 'node:path';
import { LoupeError } from '../../../shared/errors.ts';
import { isJsonObject, readJsonObject, type JsonObject } from '../../models/jsonFile.ts';
import type { ModelDescription } from '../../models/modelDescription.ts';
import type { FeedContext } from './feeds.ts';
import type { GraphFacts } from './graph.ts';

/** A model as attention sees it: its description, and what of config.json and its graphs matters here. */
export interface AttentionModel {
  readonly description: ModelDescription;
  readonly config: JsonObject;
  /** An encoder-decoder: it takes a target beside the source. */
  readonly hasDecoderInput: boolean;
  /** A causal language model: one stack, whose tokens look back, and logits of the next token. */
  readonly isDecoderOnly: boolean;
  /** First token of every target; 0 where there is none. */
  readonly startId: number;
  /** Tokens that end what a model writes. */
  readonly endIds: ReadonlySet<number>;
  readonly feeds: FeedContext;
}

/**
 * Reads a model's config.json beside its graphs. Rejects with `model-file-missing` or `model-file-invalid`, and
 * `model-load-failed` for an encoder-decoder that does not say how a target starts.
 */
export async function describeAttentionModel(
  description: ModelDescription,
  graphs: { readonly main: { readonly facts: GraphFacts }; readonly encoder: unknown },
): Promise<AttentionModel> {
  const { directory, reference } = description;
  const config = await readJsonObject(path.join(directory, 'config.json'));
  if (config === undefined) throw new LoupeError('model-file-missing', { directory, file: 'config.json' });
  const { inputs, layers } = graphs.main.facts;
  const has = (name: string): boolean => inputs.some((input) => input.name === name);
  const hasDecoderInput = graphs.encoder !== undefined || has('decoder_input_ids');
  const start = firstNumber(config, ['decoder_start_token_id', 'bos_token_id', 'pad_token_id']);
  if (hasDecoderInput && start === undefined)
    throw new LoupeError('model-load-failed', {
      model: reference,
      reason: 'config.json names no "decoder_start_token_id", with which every target starts.',
    });
  const isDecoderOnly = !hasDecoderInput && layers.some(({ stack }) => stack === 'decoder');
  return {
    description,
    config,
    hasDecoderInput,
    isDecoderOnly,
    startId: start ?? 0,
    endIds: new Set(numbersOf(config['eos_token_id'])),
    feeds: { model: reference, ...cacheSizes(config) },
  };
}

/** Heads and width of keys and values by the names that architectures give them. */
function cacheSizes(config: JsonObject): Pick<FeedContext, 'cacheHeads' | 'cacheWidth'> {
  const heads = firstNumber(config, [
    'num_attention_heads',
    'n_head',
    'num_heads',
    'decoder_attention_heads',
  ]);
  const width = firstNumber(config, ['hidden_size', 'n_embd', 'd_model']);
  const perHead = heads !== undefined && width !== undefined ? width / heads : undefined;
  return {
    cacheHeads: firstNumber(config, ['num_key_value_heads']) ?? heads,
    cacheWidth: firstNumber(config, ['head_dim', 'd_kv']) ?? perHead,
  };
}

/** The first of some keys of config.json that holds a number; keys of a `text_config` count as the config's own. */
export function firstNumber(config: JsonObject, keys: readonly string[]): number | undefined {
  for (const key of keys) {
    const value = config[key];
    if (typeof value === 'number' && Number.isFinite(value)) return value;
  }
  const inner = config['text_config'];
  return isJsonObject(inner) ? firstNumber(inner, keys) : undefined;
}

function numbersOf(value: unknown): number[] {
  return [value].flat().filter((entry): entry is number => typeof entry === 'number');
}
