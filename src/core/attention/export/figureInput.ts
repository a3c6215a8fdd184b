import type {
  AttentionOverview,
  AttentionSource,
  HeadSummary,
  StackName,
} from '../../../shared/attentionProtocol.ts';
import type { LayerMaps } from '../headMaps.ts';

/** Files that exports are made with; absolute paths. All lie in dist/ of the built extension. */
export interface ExportAssets {
  /** dist/attention-standalone.js: the viewer inside exported HTML. */
  readonly viewer: string;
  /** The font of figures: dist/DejaVuSans.ttf. */
  readonly font: string;
  /** dist/resvg.wasm: SVG to PNG. */
  readonly rasterizer: string;
}

/** What an export draws on. Layers are pulled one at a time, so that only one is in memory. */
export interface FigureInput {
  readonly overview: AttentionOverview;
  /** For metadata and headings: model, text, question and target as they were asked about. */
  readonly source: AttentionSource;
  /** A layer's maps, whole (never pooled). */
  readonly layer: (stack: StackName, layer: number) => Promise<LayerMaps>;
  /** Exact probabilities, float32 [heads, queries, keys], for npz and csv. */
  readonly exact: (stack: StackName, layer: number) => Promise<Float32Array>;
  readonly summaries?: readonly HeadSummary[];
  readonly assets: ExportAssets;
  readonly signal?: AbortSignal;
}
