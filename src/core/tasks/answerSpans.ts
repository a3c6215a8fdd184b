import type { Window } from '../text/window.ts';

/** Probabilities of one window's tokens to start and to end the answer; 0 outside the text. */
export interface SpanProbabilities {
  readonly start: Float64Array;
  readonly end: Float64Array;
  /** Probability of "no answer" in this window: both at the first token, [CLS]. */
  readonly nullScore: number;
}

/** A candidate: tokens `start` to `end` (both inclusive) of a window, and start x end. */
export interface SpanCandidate {
  readonly start: number;
  readonly end: number;
  readonly score: number;
}

/**
 * Start and end probabilities as transformers 4.57 has them (question_answering.py, `select_starts_ends`): softmax over
 * the text's tokens and [CLS] (a special token at the window's start), everything else masked; [CLS] is then set to 0,
 * so what it held is not given to the others.
 */
export function spanProbabilities(
  window: Window,
  startLogits: Float32Array,
  endLogits: Float32Array,
): SpanProbabilities {
  const allowed = Array.from(
    window.sequence,
    (sequence, t) => sequence === 1 || (t === 0 && sequence === -1),
  );
  const start = maskedSoftmax(startLogits, allowed);
  const end = maskedSoftmax(endLogits, allowed);
  const nullScore = (start[0] ?? 0) * (end[0] ?? 0);
  start[0] = end[0] = 0;
  return { start, end, nullScore };
}

function maskedSoftmax(logits: Float32Array, allowed: readonly boolean[]): Float64Array {
  let largest = -Infinity;
  allowed.forEach((yes, t) => {
    if (yes) largest = Math.max(largest, logits[t] ?? -Infinity);
  });
  const probabilities = new Float64Array(allowed.length);
  let sum = 0;
  allowed.forEach((yes, t) => {
    if (yes) sum += probabilities[t] = Math.exp((logits[t] ?? -Infinity) - largest);
  });
  return sum > 0 ? probabilities.map((value) => value / sum) : probabilities;
}

/**
 * The `count` best spans of at most `maxLength` tokens that do not end before they start, best first (`decode_spans`).
 * Spans of probability 0 are no candidates (Python lists them when nothing better is left).
 */
export function bestSpans(
  { start, end }: SpanProbabilities,
  maxLength: number,
  count: number,
): SpanCandidate[] {
  const best: SpanCandidate[] = [];
  for (let s = 0; s < start.length; s++) {
    const startScore = start[s] ?? 0;
    if (startScore === 0) continue;
    for (let e = s; e < Math.min(s + maxLength, end.length); e++) {
      const score = startScore * (end[e] ?? 0);
      if (score === 0 || (best.length === count && score <= (best[count - 1]?.score ?? 0))) continue;
      insertSorted(best, { start: s, end: e, score });
      best.length = Math.min(best.length, count);
    }
  }
  return best;
}

function insertSorted(best: SpanCandidate[], candidate: SpanCandidate): void {
  let at = best.length;
  while (at > 0 && (best[at - 1]?.score ?? 0) < candidate.score) at--;
  best.splice(at, 0, candidate);
}

/**
 * UTF-16 span of a candidate, widened to whole words of the pre-tokenizer as far as they lie in this window
 * (`get_indices` with `align_to_words`, whose `word_to_chars` sees the window only).
 */
export function alignToWords(
  window: Window,
  { start, end }: SpanCandidate,
): readonly [start: number, end: number] {
  let first = start;
  while (first > 0 && window.sequence[first - 1] === 1 && sameWord(window, first - 1, start)) first--;
  let last = end;
  while (window.sequence[last + 1] === 1 && sameWord(window, last + 1, end)) last++;
  return [window.offsets[2 * first] ?? 0, window.offsets[2 * last + 1] ?? 0];
}

function sameWord(window: Window, a: number, b: number): boolean {
  return window.words[a] !== -1 && window.words[a] === window.words[b];
}
