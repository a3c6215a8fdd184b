import type { Window } from './window.ts';

export interface WindowOptions {
  /** Tokens in one window at most, special tokens included. */
  readonly maxLength: number;
  /** Tokens of the text that two neighbouring windows share. */
  readonly stride: number;
}

/** Text to windows. Implementations: the Rust tokenizers, and transformers.js's where no build of those exists. */
export interface TextTokenizer {
  readonly kind: 'rust' | 'javascript';
  /** Windows over `text`, in order, at least one. Throws LoupeError `model-file-invalid` when the tokenizer fails. */
  encode(text: string, options: WindowOptions): Window[];
  /** Windows over `text` with `question` at the start of each (sides as the model has them). */
  encodePair(question: string, text: string, options: WindowOptions): Window[];
  /** The token's text as in the vocabulary, for views and exports. */
  tokenText(id: number): string;
  readonly maskId: number | undefined;
  readonly unknownId: number | undefined;
}
