import type {
  AttentionMap,
  AttentionQueryName,
  HeadWeights,
  PositionEncodings,
} from '../../../shared/attentionProtocol.ts';
import type { AnyResult } from './threadProtocol.ts';

/**
 * Memory of a result that goes over to the other thread instead of being copied: that of answers made for one query.
 * What is kept for the next one (overview, summaries) is copied.
 */
export function transferOf(name: AttentionQueryName, result: AnyResult): readonly ArrayBuffer[] {
  switch (name) {
    case 'map':
    case 'aggregate': {
      const { cells, scales } = result as AttentionMap;
      return [ownMemory(cells), ownMemory(scales)].flat();
    }
    case 'tokenWeights':
      return ownMemory((result as HeadWeights).weights);
    case 'positions': {
      const { values, similarity } = result as PositionEncodings;
      return [ownMemory(values), ownMemory(similarity)].flat();
    }
    default:
      return [];
  }
}

/** A view on part of a larger buffer would take all of it along. */
function ownMemory({ buffer, byteLength }: Uint8Array | Float32Array): readonly ArrayBuffer[] {
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : [];
}
