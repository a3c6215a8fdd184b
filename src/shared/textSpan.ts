/** A half-open range of UTF-16 code units, `start` (inclusive) to `end` (exclusive), in the text as given. */
export interface TextSpan {
  readonly start: number;
  readonly end: number;
}
