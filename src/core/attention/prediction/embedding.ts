import type { RowOutputs } from '../../text/window.ts';
import type { Readout } from './prediction.ts';
import { noOutput } from './scores.ts';

/**
 * A model without a head: its output as one vector, the mean over tokens where it has one per token (as
 * sentence-transformers pools by default). The score is the cosine with the undisturbed output, 1 before anything is
 * taken away.
 */
export function embeddingReadout(output: string): Readout {
  return {
    outputs: [output],
    predict: () => ({ kind: 'embedding', text: '', score: 1, scores: [] }),
    follow(base) {
      const vector = pooled(base, output);
      return (row) => cosine(vector, pooled(row, output));
    },
    outputToken: () => undefined,
  };
}

function pooled(row: RowOutputs, output: string): Float64Array {
  const { data, dims } = row[output] ?? noOutput(output);
  const width = dims.at(-1) ?? data.length;
  const mean = new Float64Array(width);
  for (let i = 0; i < data.length; i++) mean[i % width] = (mean[i % width] ?? 0) + (data[i] ?? 0);
  const tokens = data.length / width;
  return mean.map((sum) => sum / tokens);
}

function cosine(a: Float64Array, b: Float64Array): number {
  let product = 0;
  let squareA = 0;
  let squareB = 0;
  for (let i = 0; i < a.length; i++) {
    const x = a[i] ?? 0;
    const y = b[i] ?? 0;
    product += x * y;
    squareA += x * x;
    squareB += y * y;
  }
  return product / Math.sqrt(squareA * squareB);
}
