import type { Encoding, Tokenizer } from '@anush008/tokenizers';
import { LoupeError } from '../../shared/errors.ts';
import { cutPairWindows, cutWindows } from './cutWindows.ts';
import { codeUnitIndex, replaceLoneSurrogates } from './surrogates.ts';
import type { PairWindows, TextTokenizer, WindowOptions } from './textTokenizer.ts';
import type { TokenizerFacts } from './tokenizerFacts.ts';
import { emptyRow } from './tokenRow.ts';
import type { TokenRow } from './tokenRow.ts';
import type { Window } from './window.ts';

/**
 * The Rust tokenizers behind Loupe's interface. Truncation and padding are off, so that the native object has no state
 * that changes and calls may overlap; windows are cut here (see `cutWindows`).
 */
export class RustTokenizer implements TextTokenizer {
  readonly kind = 'rust';
  readonly maskId: number | undefined;
  readonly unknownId: number | undefined;
  readonly continuationPrefix: string | undefined;
  readonly #native: Tokenizer;
  readonly #file: string;
  readonly #texts = new Map<number, string>();

  /** `file` names the tokenizer in errors. */
  constructor(native: Tokenizer, facts: TokenizerFacts, file: string) {
    native.disablePadding();
    native.disableTruncation();
    this.#native = native;
    this.#file = file;
    this.maskId = facts.maskId;
    this.unknownId = facts.unknownId;
    this.continuationPrefix = facts.continuationPrefix;
  }

  async encode(text: string, options: WindowOptions): Promise<readonly Window[]> {
    const clean = replaceLoneSurrogates(text);
    return this.#guard(async () =>
      cutWindows(singleRow(await this.#native.encode(clean), clean), 0, options),
    );
  }

  async encodeAll(texts: readonly string[], options: WindowOptions): Promise<readonly (readonly Window[])[]> {
    const clean = texts.map(replaceLoneSurrogates);
    return this.#guard(async () => {
      const encodings = await this.#native.encodeBatch(clean);
      return encodings.map((encoding, i) => cutWindows(singleRow(encoding, clean[i] ?? ''), 0, options));
    });
  }

  async encodePair(question: string, text: string, options: WindowOptions): Promise<PairWindows> {
    const first = replaceLoneSurrogates(question);
    const second = replaceLoneSurrogates(text);
    return this.#guard(async () => {
      const encoding = await this.#native.encode(first, second);
      return cutPairWindows(pairRow(encoding, first, second), options);
    });
  }

  tokenText(id: number): string {
    let text = this.#texts.get(id);
    if (text === undefined) {
      text = this.#native.idToToken(id) ?? '';
      this.#texts.set(id, text);
    }
    return text;
  }

  async #guard<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (thrown) {
      const reason = thrown instanceof Error ? thrown.message : String(thrown);
      throw new LoupeError('model-file-invalid', { file: this.#file, reason }, { cause: thrown });
    }
  }
}

function singleRow(encoding: Encoding, text: string): TokenRow {
  const row = plainRow(encoding);
  for (let t = 0; t < row.ids.length; t++) row.sequence[t] = row.special[t] === 1 ? -1 : 0;
  const units = codeUnitIndex(text);
  if (units) toCodeUnits(row, 0, units);
  return row;
}

function pairRow(encoding: Encoding, question: string, text: string): TokenRow {
  const row = plainRow(encoding);
  encoding.getSequenceIds().forEach((sequence, t) => (row.sequence[t] = sequence ?? -1));
  [question, text].forEach((part, sequence) => {
    const units = codeUnitIndex(part);
    if (units) toCodeUnits(row, sequence, units);
  });
  return row;
}

/** Everything but `sequence`, offsets still in code points. Each getter copies an array over from Rust: call it once. */
function plainRow(encoding: Encoding): ReturnType<typeof emptyRow> {
  const row = emptyRow(encoding.getLength());
  row.ids.set(encoding.getIds());
  row.typeIds.set(encoding.getTypeIds());
  row.special.set(encoding.getSpecialTokensMask());
  encoding.getWordIds().forEach((word, t) => (row.words[t] = word ?? -1));
  encoding.getOffsets().forEach((offset, t) => {
    row.offsets[2 * t] = offset[0] ?? 0;
    row.offsets[2 * t + 1] = offset[1] ?? 0;
  });
  return row;
}

function toCodeUnits(row: TokenRow, sequence: number, units: Uint32Array): void {
  for (let t = 0; t < row.ids.length; t++) {
    if (row.sequence[t] !== sequence) continue;
    row.offsets[2 * t] = units[row.offsets[2 * t] ?? 0] ?? 0;
    row.offsets[2 * t + 1] = units[row.offsets[2 * t + 1] ?? 0] ?? 0;
  }
}
