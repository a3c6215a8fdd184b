import type {
  AttentionMap,
  AttentionOverview,
  AttentionSource,
  HeadAddress,
} from '../../../src/shared/attentionProtocol.ts';
import type { RealClient } from './realClient.ts';

/** A short text, asked of a model. */
export function sourceOf(model: string, changes: Partial<AttentionSource> = {}): AttentionSource {
  return { model, text: 'The film was good, and I liked it.', window: 0, generate: 0, ...changes };
}

export function overviewOf({ client }: RealClient, source: AttentionSource): Promise<AttentionOverview> {
  return client.attention(source, 'overview', {});
}

export function mapOf(
  { client }: RealClient,
  source: AttentionSource,
  at: Partial<HeadAddress> = {},
): Promise<AttentionMap> {
  return client.attention(source, 'map', { stack: 'encoder', layer: 0, head: 0, ...at });
}

/** Weights of a map, row by row. */
export function weightsOf({ rows, columns, cells, scales }: AttentionMap): number[][] {
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (_, column) => (cells[row * columns + column]! / 255) * scales[row]!),
  );
}

/** How far the rows' sums may be from 1: half a byte's step in every cell. */
export function sumError({ columns, scales }: AttentionMap, row: number): number {
  return (columns * scales[row]! * 0.5) / 255 + 1e-6;
}

/** Text of about so many tokens in the tiny models, all different so that no two are the same source. */
export function longText(words: number, seed = ''): string {
  return Array.from({ length: words }, (_, index) => `was${seed} good ${index % 10}`).join(' ');
}
