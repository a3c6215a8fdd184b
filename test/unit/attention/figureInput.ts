import path from 'node:path';
import type { FigureInput } from '../../../src/core/attention/export/figureInput.ts';
import { thumbnailsOf } from '../../../src/core/attention/thumbnails.ts';
import type { AttentionStack, AttentionTokens } from '../../../src/shared/attentionProtocol.ts';
import type { RandomMaps } from './maps.ts';

const root = path.join(import.meta.dirname, '../../..');

/** Where exports find their font, rasterizer and viewer in a checkout. */
export const assets = {
  viewer: path.join(root, 'dist/attention-standalone.js'),
  font: path.join(root, 'node_modules/dejavu-fonts-ttf/ttf/DejaVuSans.ttf'),
  rasterizer: path.join(root, 'node_modules/@resvg/resvg-wasm/index_bg.wasm'),
};

interface Given {
  readonly maps: readonly RandomMaps[];
  readonly source: AttentionTokens;
  readonly target?: AttentionTokens;
  readonly text: string;
  readonly question?: string;
}

/** Maps made by a test, as the inference process gives them to an export. */
export function figureInput({ maps, source, target, text, question }: Given): FigureInput {
  const stacks = maps.map(({ stack }): AttentionStack => {
    const { rows, columns, pixels } = thumbnailsOf(stack);
    return {
      name: stack.name,
      heads: stack.layers.map(({ heads }) => heads),
      queries: stack.queries,
      keys: stack.keys,
      nodes: stack.layers.map(({ node }) => node),
      thumbnailRows: rows,
      thumbnailColumns: columns,
      thumbnails: pixels,
    };
  });
  const named = (name: string): RandomMaps => maps.find(({ stack }) => stack.name === name)!;
  return {
    overview: {
      model: {
        reference: 'starter:test',
        architecture: 'BertModel',
        task: undefined,
        precision: 'fp32',
        device: 'cpu',
      },
      windows: [{ start: 0, end: text.length, tokens: source.pieces.length }],
      source,
      target,
      stacks,
      prediction: undefined,
      warnings: [],
      pooling: 1,
      bytes: 0,
      quantisationError: 0,
      ms: { edit: 0, load: 0, run: 0 },
    },
    source: {
      model: 'starter:test',
      text,
      window: 0,
      generate: 0,
      ...(question !== undefined && { question }),
    },
    layer: (name, layer) => Promise.resolve(named(name).stack.layers[layer]!),
    exact: (name, layer) => Promise.resolve(Float32Array.from(named(name).exact[layer]!.flat(2))),
    assets,
  };
}
