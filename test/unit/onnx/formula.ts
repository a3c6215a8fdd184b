/** softmax(q k^T * scale + mask), written out: q [batch, heads, queries, width], k [batch, heads, keys, width], flat. */
export function probabilities(
  q: readonly number[],
  k: readonly number[],
  shape: AttentionShape,
  mask: (batch: number, head: number, query: number, key: number) => number = () => 0,
): number[] {
  const { batch, heads, queries, keys, width, scale = 1 / Math.sqrt(width) } = shape;
  const weights: number[] = [];
  for (let b = 0; b < batch; b++) {
    for (let h = 0; h < heads; h++) {
      for (let i = 0; i < queries; i++) {
        const scores = Array.from({ length: keys }, (_, j) => {
          let product = 0;
          for (let w = 0; w < width; w++) {
            product +=
              q[((b * heads + h) * queries + i) * width + w]! * k[((b * heads + h) * keys + j) * width + w]!;
          }
          return product * scale + mask(b, h, i, j);
        });
        const most = Math.max(...scores);
        const raised = scores.map((score) => Math.exp(score - most));
        const sum = raised.reduce((all, one) => all + one, 0);
        weights.push(...raised.map((one) => one / sum));
      }
    }
  }
  return weights;
}

export interface AttentionShape {
  readonly batch: number;
  readonly heads: number;
  readonly queries: number;
  readonly keys: number;
  readonly width: number;
  readonly scale?: number;
}

/** [batch, tokens, heads * width] to [batch, heads, tokens, width]. */
export function splitHeads(
  values: readonly number[],
  [batch, tokens, heads, width]: readonly [number, number, number, number],
): number[] {
  const split: number[] = [];
  for (let b = 0; b < batch; b++) {
    for (let h = 0; h < heads; h++) {
      for (let t = 0; t < tokens; t++) {
        for (let w = 0; w < width; w++) split.push(values[((b * tokens + t) * heads + h) * width + w]!);
      }
    }
  }
  return split;
}

/** [rows, inner] x [inner, columns]. */
export function product(
  left: readonly number[],
  right: readonly number[],
  [rows, inner, columns]: readonly [number, number, number],
): number[] {
  const values: number[] = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let sum = 0;
      for (let at = 0; at < inner; at++) sum += left[row * inner + at]! * right[at * columns + column]!;
      values.push(sum);
    }
  }
  return values;
}
