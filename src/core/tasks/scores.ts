/**
 * Probabilities of `count` logits from `start`, as float64; the largest logit is subtracted first, so that no finite
 * logit overflows.
 */
export function softmax(logits: Float32Array, start: number, count: number): Float64Array {
  const scores = Float64Array.from(logits.subarray(start, start + count));
  const largest = scores.reduce((max, value) => Math.max(max, value), -Infinity);
  let sum = 0;
  for (let i = 0; i < count; i++) sum += scores[i] = Math.exp((scores[i] ?? 0) - largest);
  for (let i = 0; i < count; i++) scores[i] = (scores[i] ?? 0) / sum;
  return scores;
}

/** 1 / (1 + e^-x) without overflow, as float64. */
export function sigmoid(logit: number): number {
  if (logit >= 0) return 1 / (1 + Math.exp(-logit));
  const power = Math.exp(logit);
  return power / (1 + power);
}

/** Index of the largest value, the first of equals; 0 for an empty array. */
export function argmax(values: Float64Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if ((values[i] ?? 0) > (values[best] ?? 0)) best = i;
  return best;
}
