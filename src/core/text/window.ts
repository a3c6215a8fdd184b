/**
 * One model input cut from a text (or a question and a text): at most `maxLength` tokens, special tokens included, no padding.
 * All arrays have one entry per token (offsets: two).
 */
export interface Window {
  readonly ids: Int32Array;
  readonly typeIds: Uint8Array;
  /** 1 for [CLS], [SEP], <s> and the like, else 0. */
  readonly special: Uint8Array;
  /** UTF-16 start and end of token `t` in its own sequence at [2t], [2t+1]; 0, 0 for special tokens. */
  readonly offsets: Uint32Array;
  /** 0: first sequence (the only one, or the question), 1: second (the text), -1: special token. */
  readonly sequence: Int8Array;
  /** Index of the pre-tokenizer's word in its sequence, -1 for special tokens. */
  readonly words: Int32Array;
  /** Index, among all tokens of the whole text, of the first text token in this window; 0 for the first window. */
  readonly position: number;
}

/** A window's outputs, by the graph's output names: float32, row-major, batch dimension and padding removed. */
export type RowOutputs = Readonly<Record<string, RowOutput>>;
export interface RowOutput {
  readonly data: Float32Array;
  /** Without the batch dimension: [labels], [tokens] or [tokens, labels]. */
  readonly dims: readonly number[];
}
