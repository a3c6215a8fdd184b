import type { Window } from './window.ts';

export interface WindowOptions {
  /** Tokens in one window at most, special tokens included. */
  readonly maxLength: number;
  /** Tokens of the text that two neighbouring windows share; fewer when so many would leave a window no progress. */
  readonly stride: number;
}

/** Windows over a question and a text. */
export interface PairWindows {
  readonly windows: readonly Window[];
  /** Number of the question's tokens that were used, when it had to be cut to leave room for the text; else undefined. */
  readonly questionCutTo: number | undefined;
}

/**
 * Text to windows. Implementations: the Rust tokenizers, and transformers.js's where no build of those exists.
 * Lone surrogates in a text are read as U+FFFD, so that offsets stay those of the text as given.
 * All methods reject with LoupeError `model-file-invalid` when the tokenizer fails.
 */
export interface TextTokenizer {
  readonly kind: 'rust' | 'javascript';
  /** Windows over `text`, in order, at least one. */
  encode(text: string, options: WindowOptions): Promise<readonly Window[]>;
  /** `encode` for many texts at once (sentences, rows); one list of windows per text. */
  encodeAll(texts: readonly string[], options: WindowOptions): Promise<readonly (readonly Window[])[]>;
  /** Windows over `text` with `question` at the start of each. */
  encodePair(question: string, text: string, options: WindowOptions): Promise<PairWindows>;
  /** The token's text as in the vocabulary, for views and exports. */
  tokenText(id: number): string;
  readonly maskId: number | undefined;
  readonly unknownId: number | undefined;
  /** `##` and the like: what marks a token that goes on a word; undefined when the model has no such mark. */
  readonly continuationPrefix: string | undefined;
}
