import type { JsonObject } from './jsonFile.ts';

/**
 * Architectures whose position ids start at `pad_token_id + 1` (transformers, `create_position_ids_from_input_ids`),
 * so that as many of their position embeddings are never reached.
 */
const shiftedPositions: ReadonlySet<string> = new Set([
  'camembert',
  'data2vec-text',
  'esm',
  'ibert',
  'longformer',
  'luke',
  'mpnet',
  'roberta',
  'roberta-prelayernorm',
  'xlm-roberta',
  'xlm-roberta-xl',
  'xmod',
]);

/** Tokens when neither file tells: what BERT and its kin take. */
const usual = 512;

// A tokenizer without a limit is saved with 1e30 (transformers, VERY_LARGE_INTEGER).
const believable = 1_000_000;

/**
 * Tokens in one input at most, special tokens included: the smaller of what the position embeddings hold
 * (config.json) and what the tokenizer was set to (`model_max_length` of tokenizer_config.json).
 */
export function maxTokens(config: JsonObject, tokenizerConfig: JsonObject): number {
  const positions = count(config['max_position_embeddings']) ?? count(config['n_positions']);
  const usable = positions === undefined ? undefined : positions - unreachablePositions(config);
  const limits = [usable, count(tokenizerConfig['model_max_length'])].filter(
    (limit): limit is number => limit !== undefined && limit > 0,
  );
  return limits.length === 0 ? usual : Math.min(...limits);
}

/** Rows of the position table before that of the first token. */
export function unreachablePositions(config: JsonObject): number {
  const type = config['model_type'];
  if (typeof type !== 'string' || !shiftedPositions.has(type)) return 0;
  const padding = config['pad_token_id'];
  return (typeof padding === 'number' && padding >= 0 ? padding : 1) + 1;
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= believable
    ? value
    : undefined;
}
