/** What tokenizer.json says beside the tokens themselves. */
export interface TokenizerFacts {
  readonly maskId: number | undefined;
  readonly unknownId: number | undefined;
  readonly continuationPrefix: string | undefined;
}

/** The parts of tokenizer.json that Loupe reads itself (format of Hugging Face's tokenizers library, version 1.0). */
export interface TokenizerJson {
  readonly model: {
    readonly type?: string;
    readonly unk_token?: string | null;
    readonly unk_id?: number | null;
    readonly continuing_subword_prefix?: string | null;
    readonly vocab?: Readonly<Record<string, number>> | readonly (readonly [string, number])[];
  };
  readonly added_tokens?: readonly { readonly id: number; readonly content: string }[];
}

const maskTokens = new Set(['[MASK]', '<mask>']);

/** Reads the facts. Throws TypeError when `json` is no tokenizer.json. */
export function readTokenizerFacts(json: unknown): TokenizerFacts {
  if (!isTokenizerJson(json)) throw new TypeError('it has no "model"');
  const { model, added_tokens: added = [] } = json;
  const idOf = (token: string): number | undefined =>
    added.find((entry) => entry.content === token)?.id ?? vocabularyId(model.vocab, token);
  const prefix = model.continuing_subword_prefix ?? (model.type === 'WordPiece' ? '##' : undefined);
  return {
    maskId: added.find((entry) => maskTokens.has(entry.content))?.id,
    unknownId: model.unk_id ?? (typeof model.unk_token === 'string' ? idOf(model.unk_token) : undefined),
    continuationPrefix: prefix === '' ? undefined : prefix,
  };
}

function vocabularyId(vocabulary: TokenizerJson['model']['vocab'], token: string): number | undefined {
  if (vocabulary === undefined) return undefined;
  if (!isPairs(vocabulary)) return Object.hasOwn(vocabulary, token) ? vocabulary[token] : undefined;
  const at = vocabulary.findIndex(([text]) => text === token);
  return at < 0 ? undefined : at;
}

function isPairs(
  vocabulary: NonNullable<TokenizerJson['model']['vocab']>,
): vocabulary is readonly (readonly [string, number])[] {
  return Array.isArray(vocabulary);
}

function isTokenizerJson(json: unknown): json is TokenizerJson {
  return (
    typeof json === 'object' &&
    json !== null &&
    'model' in json &&
    typeof json.model === 'object' &&
    json.model !== null
  );
}
