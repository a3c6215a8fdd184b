import type { TextTokenizer, WindowOptions } from '../../../src/core/text/textTokenizer.ts';
import { cutPairWindows, cutWindows } from '../../../src/core/text/cutWindows.ts';
import { emptyRow, type TokenRow } from '../../../src/core/text/tokenRow.ts';
import type { RowOutputs, Window } from '../../../src/core/text/window.ts';

/**
 * A tokenizer that anyone can follow by eye: a token is a run of letters, split before each `|`, or one other sign; `|`
 * itself is no token. `un|happy` is one word of two tokens, the second written `##happy`. [CLS] is 1, [SEP] 2, [UNK]
 * (for `?`) 3, other ids count up.
 */
export class LetterTokenizer implements TextTokenizer {
  readonly kind = 'rust';
  readonly maskId = undefined;
  readonly unknownId = 3;
  readonly continuationPrefix: string | undefined;
  readonly #texts = ['', '[CLS]', '[SEP]', '[UNK]'];

  constructor(marksParts = true) {
    this.continuationPrefix = marksParts ? '##' : undefined;
  }

  encode(text: string, options: WindowOptions): Promise<Window[]> {
    return Promise.resolve(cutWindows(this.#row([text]), 0, options));
  }

  encodeAll(texts: readonly string[], options: WindowOptions): Promise<Window[][]> {
    return Promise.all(texts.map((text) => this.encode(text, options)));
  }

  encodePair(question: string, text: string, options: WindowOptions) {
    return Promise.resolve(cutPairWindows(this.#row([question, text]), options));
  }

  tokenText(id: number): string {
    return this.#texts[id] ?? '';
  }

  #id(text: string): number {
    if (text === '?') return this.unknownId;
    const known = this.#texts.indexOf(text);
    return known < 0 ? this.#texts.push(text) - 1 : known;
  }

  #row(sequences: readonly string[]): TokenRow {
    const tokens = [{ id: 1, sequence: -1, start: 0, end: 0, word: -1 }];
    sequences.forEach((text, sequence) => {
      let word = -1;
      for (const { 0: shown, index } of text.matchAll(/\|?[\p{L}\p{N}]+|[^\s|]/gu)) {
        const continues = shown.startsWith('|');
        if (!continues) word++;
        const start = continues ? index + 1 : index;
        const bare = shown.replace('|', '');
        const id = this.#id(continues && this.continuationPrefix ? `##${bare}` : bare);
        tokens.push({ id, sequence, start, end: start + bare.length, word });
      }
      tokens.push({ id: 2, sequence: -1, start: 0, end: 0, word: -1 });
    });
    const row = emptyRow(tokens.length);
    tokens.forEach(({ id, sequence, start, end, word }, t) => {
      row.ids[t] = id;
      row.typeIds[t] = sequence === 1 ? 1 : 0;
      row.special[t] = sequence < 0 ? 1 : 0;
      row.sequence[t] = sequence;
      row.words[t] = word;
      row.offsets.set([start, end], 2 * t);
    });
    return row;
  }
}

/** A classifier's output: one logit per label. */
export function classifierOutput(...logits: readonly number[]): RowOutputs {
  return { logits: { data: Float32Array.from(logits), dims: [logits.length] } };
}

/** A token classifier's output: one row of logits per token of the window. */
export function tokenOutput(rows: readonly (readonly number[])[]): RowOutputs {
  return { logits: { data: Float32Array.from(rows.flat()), dims: [rows.length, rows[0]?.length ?? 0] } };
}

/** A reader's output: start and end logits per token of the window. */
export function readerOutput(start: readonly number[], end: readonly number[]): RowOutputs {
  return {
    start_logits: { data: Float32Array.from(start), dims: [start.length] },
    end_logits: { data: Float32Array.from(end), dims: [end.length] },
  };
}

/** The logits whose softmax is these probabilities. */
export function logitsOf(...probabilities: readonly number[]): number[] {
  return probabilities.map((probability) => Math.log(probability));
}
