import type { StackName } from '../../shared/attentionProtocol.ts';

/**
 * One layer's maps as they are kept: `cells` [heads, queries, keys] and `scales` [heads, queries], row-major. Weight =
 * `cells / 255 * scales` where a scale is its row's largest weight; a row that held NaN has the scale NaN and cells 0.
 */
export interface LayerMaps {
  readonly heads: number;
  readonly queries: number;
  readonly keys: number;
  readonly cells: Uint8Array;
  readonly scales: Float32Array;
  /** The graph node. */
  readonly node: string;
}

/** All layers of one kind of attention. With `pooling` > 1 each cell is the mean of pooling x pooling weights. */
export interface StackMaps {
  readonly name: StackName;
  readonly queries: 'source' | 'target';
  readonly keys: 'source' | 'target';
  readonly layers: readonly LayerMaps[];
  readonly pooling: number;
}
