import type { StackName } from '../../../shared/attentionProtocol.ts';
import type { PlacedLayer } from '../capture/maps.ts';
import { axesOf, layerMaps } from '../capture/maps.ts';
import type { ModelOutputs } from '../capture/run.ts';
import type { LayerMaps, StackMaps } from '../headMaps.ts';

/** Rows of every layer that one run gave: from token `first` on, over the keys before and in them. */
interface Block {
  readonly first: number;
  readonly layers: readonly LayerMaps[];
}

/**
 * Maps of a decoder-only model that grow row by row: with a cache each run gives the rows of its new tokens only. Tokens
 * that a row cannot see weigh 0.
 */
export class GrowingMaps {
  readonly #layers: readonly PlacedLayer[];
  readonly #blocks: Block[] = [];

  constructor(layers: ReadonlyMap<StackName, readonly PlacedLayer[]>) {
    this.#layers = layers.get('decoder') ?? [];
  }

  /** Takes the maps of one run whose first token was `first`; runs come in order. */
  add(outputs: ModelOutputs, first: number): void {
    this.#blocks.push({ first, layers: this.#layers.map((layer) => layerMaps(layer, outputs)) });
  }

  /** The maps over the first `tokens` tokens, square. */
  upTo(tokens: number): StackMaps {
    return {
      name: 'decoder',
      ...axesOf('decoder', true),
      layers: this.#layers.map((_, index) => this.#join(index, tokens)),
      pooling: 1,
    };
  }

  #join(index: number, tokens: number): LayerMaps {
    const parts = this.#blocks.map(({ first, layers }) => ({ first, maps: layers[index] }));
    const heads = parts[0]?.maps?.heads ?? 0;
    const cells = new Uint8Array(heads * tokens * tokens);
    const scales = new Float32Array(heads * tokens);
    for (const { first, maps } of parts) {
      if (!maps || first >= tokens) continue;
      const rows = Math.min(maps.queries, tokens - first);
      for (let head = 0; head < heads; head++)
        for (let row = 0; row < rows; row++) {
          const from = head * maps.queries + row;
          const to = head * tokens + first + row;
          const keys = Math.min(maps.keys, tokens);
          cells.set(maps.cells.subarray(from * maps.keys, from * maps.keys + keys), to * tokens);
          scales[to] = maps.scales[from] ?? 0;
        }
    }
    return { heads, queries: tokens, keys: tokens, cells, scales, node: parts[0]?.maps?.node ?? '' };
  }
}
