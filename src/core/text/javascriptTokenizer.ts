import { Tokenizer } from '@huggingface/tokenizers';
import { LoupeError } from '../../shared/errors.ts';
import { cutPairWindows, cutWindows } from './cutWindows.ts';
import { createEncoder } from './javascriptEncoder.ts';
import type { AlignedToken, Encoder, PreTokenizerStyle } from './javascriptEncoder.ts';
import { replaceLoneSurrogates } from './surrogates.ts';
import type { PairWindows, TextTokenizer, WindowOptions } from './textTokenizer.ts';
import type { TokenizerFacts } from './tokenizerFacts.ts';
import { emptyRow } from './tokenRow.ts';
import type { TokenRow } from './tokenRow.ts';
import type { Window } from './window.ts';

/** A special token, or the place of a sequence (0 or 1), in what the post-processor makes of two sequences. */
interface TemplateItem {
  readonly sequence: number;
  readonly id: number;
  readonly typeId: number;
}

/**
 * transformers.js's tokenizer behind Loupe's interface, for machines without a build of the Rust one. The tokens are
 * those of the model; offsets are found by alignment (`createEncoder`) and can be off where the normalizer depends on
 * context. As fast as the Rust one on prose; slow on a single word of a megabyte.
 */
export class JavascriptTokenizer implements TextTokenizer {
  readonly kind = 'javascript';
  readonly maskId: number | undefined;
  readonly unknownId: number | undefined;
  readonly continuationPrefix: string | undefined;
  readonly #tokenizer: Tokenizer;
  readonly #encode: Encoder;
  readonly #single: readonly TemplateItem[];
  readonly #pair: readonly TemplateItem[];
  readonly #file: string;

  /** `source`: the parsed tokenizer.json; `file` names it in errors. Throws what transformers.js throws. */
  constructor(source: object, facts: TokenizerFacts, file: string) {
    this.#tokenizer = new Tokenizer(source, {});
    this.#file = file;
    this.maskId = facts.maskId;
    this.unknownId = facts.unknownId;
    this.continuationPrefix = facts.continuationPrefix;
    this.#encode = createEncoder(this.#tokenizer, facts, preTokenizerStyle(source));
    // Hugging Face's RobertaProcessing gives every token type 0; transformers.js's gives the second sequence 1.
    const oneType = mentions(source, 'post_processor', 'RobertaProcessing');
    this.#single = readTemplate(this.#tokenizer, false, oneType);
    this.#pair = readTemplate(this.#tokenizer, true, oneType);
  }

  encode(text: string, options: WindowOptions): Promise<readonly Window[]> {
    return this.#guard(() => this.#windows(text, options));
  }

  encodeAll(texts: readonly string[], options: WindowOptions): Promise<readonly (readonly Window[])[]> {
    return this.#guard(() => texts.map((text) => this.#windows(text, options)));
  }

  encodePair(question: string, text: string, options: WindowOptions): Promise<PairWindows> {
    return this.#guard(() => {
      const sequences = [question, text].map((part) => this.#encode(replaceLoneSurrogates(part)));
      return cutPairWindows(fillTemplate(this.#pair, sequences), options);
    });
  }

  tokenText(id: number): string {
    return this.#tokenizer.id_to_token(id) ?? '';
  }

  #windows(text: string, options: WindowOptions): Window[] {
    return cutWindows(fillTemplate(this.#single, [this.#encode(replaceLoneSurrogates(text))]), 0, options);
  }

  async #guard<T>(work: () => T): Promise<T> {
    try {
      return await Promise.resolve(work());
    } catch (thrown) {
      const reason = thrown instanceof Error ? thrown.message : String(thrown);
      throw new LoupeError('model-file-invalid', { file: this.#file, reason }, { cause: thrown });
    }
  }
}

function preTokenizerStyle(source: object): PreTokenizerStyle {
  if (mentions(source, 'pre_tokenizer', 'ByteLevel')) return 'byteLevel';
  return mentions(source, 'pre_tokenizer', 'Metaspace') ? 'metaspace' : 'plain';
}

/** Whether a part of tokenizer.json is, or contains, something of a type. */
function mentions(source: object, part: string, type: string): boolean {
  return JSON.stringify(Object.entries(source).find(([key]) => key === part)?.[1] ?? null).includes(
    `"type":"${type}"`,
  );
}

/** Runs the post-processor over two stand-ins to learn where special tokens go. */
function readTemplate(tokenizer: Tokenizer, pair: boolean, oneType: boolean): TemplateItem[] {
  const standIns = ['\0first', '\0second'];
  const sequences = pair ? standIns : standIns.slice(0, 1);
  const processed = tokenizer.post_processor?.post_process(
    [standIns[0] ?? ''],
    pair ? [standIns[1] ?? ''] : null,
    true,
  );
  // Without a post-processor, and with one that adds nothing (byte-level), the sequences just follow each other.
  const tokens = processed?.tokens_pair
    ? [...processed.tokens, ...processed.tokens_pair]
    : (processed?.tokens ?? sequences);
  return tokens.map((token, t) => {
    const typeId = oneType ? 0 : (processed?.token_type_ids?.[t] ?? 0);
    return { sequence: standIns.indexOf(token), id: tokenizer.token_to_id(token) ?? 0, typeId };
  });
}

function fillTemplate(
  template: readonly TemplateItem[],
  sequences: readonly (readonly AlignedToken[])[],
): TokenRow {
  const count = (item: TemplateItem): number =>
    item.sequence < 0 ? 1 : (sequences[item.sequence]?.length ?? 0);
  const row = emptyRow(template.reduce((sum, item) => sum + count(item), 0));
  let t = 0;
  for (const { sequence, id, typeId } of template) {
    const tokens = sequence < 0 ? [{ id, start: 0, end: 0, word: -1 }] : (sequences[sequence] ?? []);
    for (const token of tokens) {
      row.ids[t] = token.id;
      row.typeIds[t] = typeId;
      row.special[t] = sequence < 0 ? 1 : 0;
      row.sequence[t] = sequence;
      row.words[t] = token.word;
      row.offsets[2 * t] = token.start;
      row.offsets[2 * t + 1] = token.end;
      t++;
    }
  }
  return row;
}
