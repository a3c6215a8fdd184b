import type { AttentionTokens, StackName } from '../../../src/shared/attentionProtocol.ts';
import type { LayerMaps, StackMaps } from '../../../src/core/attention/headMaps.ts';

/** Numbers 0..1 that are the same in every run. */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

export interface RandomMaps {
  readonly stack: StackMaps;
  /** The weights that the bytes were made of, a layer each: [heads][queries][keys]. */
  readonly exact: readonly (readonly (readonly number[])[])[][];
}

interface Shape {
  readonly name?: StackName;
  readonly heads?: readonly number[];
  readonly queries: number;
  readonly keys?: number;
  /** The larger, the sharper. */
  readonly sharpness?: number;
  readonly seed?: number;
  /** Rows that are NaN: [layer, head, query]. */
  readonly nan?: readonly (readonly [number, number, number])[];
}

/** Softmax maps of random scores, causal in decoders, as bytes and as they were. */
export function randomMaps(shape: Shape): RandomMaps {
  const {
    name = 'encoder',
    heads = [3, 3],
    queries,
    keys = queries,
    sharpness = 4,
    seed = 1,
    nan = [],
  } = shape;
  const random = randomNumbers(seed);
  const exact = heads.map((count, layer) =>
    Array.from({ length: count }, (_, head) =>
      Array.from({ length: queries }, (_, query) => {
        if (nan.some(([l, h, q]) => l === layer && h === head && q === query))
          return Array.from({ length: keys }, () => NaN);
        const scores = Array.from({ length: keys }, (_, key) =>
          name === 'decoder' && key > query ? 0 : Math.exp(sharpness * random()),
        );
        const total = scores.reduce((sum, score) => sum + score, 0);
        return scores.map((score) => score / total);
      }),
    ),
  );
  const axes = name === 'cross' ? (['target', 'source'] as const) : (['source', 'source'] as const);
  const layers = exact.map((maps, layer) => layerOf(maps, `/layer.${layer}/Softmax`));
  return { stack: { name, queries: axes[0], keys: axes[1], layers, pooling: 1 }, exact };
}

/** Maps [heads][queries][keys] as bytes, the way the graph makes them. */
export function layerOf(maps: readonly (readonly (readonly number[])[])[], node = 'node'): LayerMaps {
  const rows = maps.flat();
  const keys = rows[0]!.length;
  const cells = new Uint8Array(rows.length * keys);
  const scales = new Float32Array(rows.length);
  for (const [row, weights] of rows.entries()) {
    const scale = Math.max(...weights);
    scales[row] = scale;
    if (!Number.isNaN(scale))
      for (const [key, weight] of weights.entries())
        cells[row * keys + key] = Math.round((weight / scale) * 255);
  }
  return { heads: maps.length, queries: maps[0]!.length, keys, cells, scales, node };
}

/** A stack of one kind around layers made by hand. */
export function stackOf(layers: readonly LayerMaps[], name: StackName = 'encoder', pooling = 1): StackMaps {
  return { name, queries: 'source', keys: 'source', layers, pooling };
}

/** Tokens of words, the first and last of them special. */
export function tokensOf(
  pieces: readonly string[],
  special: readonly number[] = [0, pieces.length - 1],
): AttentionTokens {
  const offsets = new Uint32Array(2 * pieces.length);
  let at = 0;
  for (const [token, piece] of pieces.entries()) {
    const length = special.includes(token) ? 0 : piece.length;
    offsets.set([at, at + length], 2 * token);
    at += length === 0 ? 0 : length + 1;
  }
  const isSpecial = (token: number): boolean => special.includes(token);
  let word = -1;
  return {
    ids: Int32Array.from(pieces, (_, token) => token),
    pieces,
    offsets,
    sequence: Int8Array.from(pieces, (_, token) => (isSpecial(token) ? -1 : 0)),
    special: Uint8Array.from(pieces, (_, token) => (isSpecial(token) ? 1 : 0)),
    words: Int32Array.from(pieces, (_, token) => (isSpecial(token) ? -1 : ++word)),
    generated: new Uint8Array(pieces.length),
  };
}
