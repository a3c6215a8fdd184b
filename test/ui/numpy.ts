import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** What numpy reads in an exported NPZ. */
export interface Arrays {
  /** Of `attention`: layers, heads, queries, keys. */
  readonly shape: readonly number[];
  readonly type: string;
  readonly tokens: readonly string[];
  readonly offsets: readonly (readonly [number, number])[];
  /** Weights [queries][keys] of each head asked for. */
  readonly heads: readonly (readonly (readonly number[])[])[];
}

const script = `
import json, sys
import numpy
file, heads = sys.argv[1], json.loads(sys.argv[2])
with numpy.load(file) as arrays:
    attention = arrays["attention"]
    json.dump({
        "shape": attention.shape, "type": str(attention.dtype), "tokens": arrays["tokens"].tolist(),
        "offsets": arrays["offsets"].tolist(),
        "heads": [attention[layer, head].tolist() for layer, head in heads],
    }, sys.stdout)
`;

/** Reads an NPZ with numpy, which opens no pickles by itself. */
export const readArrays = async (
  python: string,
  file: string,
  heads: readonly (readonly [layer: number, head: number])[],
): Promise<Arrays> => {
  const { stdout } = await promisify(execFile)(python, ['-c', script, file, JSON.stringify(heads)], {
    maxBuffer: 1 << 28,
  });
  return JSON.parse(stdout) as Arrays;
};
