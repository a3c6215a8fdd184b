import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { exportAttention } from '../../../src/core/attention/export/exportAttention.ts';
import type { FigureInput } from '../../../src/core/attention/export/figureInput.ts';
import type { Exported, ExportFormat, FigureSpec } from '../../../src/shared/attentionProtocol.ts';
import { figureInput } from './figureInput.ts';
import { randomMaps, tokensOf, type RandomMaps } from './maps.ts';

export const pieces = ['[CLS]', 'The', 'quick', '##er', '<fox>', '&', '"jumped"', 'é', 'σ', '[SEP]'];
export const text = 'Thequicker<fox>&"jumped"éσ';

/** Ten tokens, two layers of three heads, one NaN row in head 1 of layer 0. */
export function smallInput(): { readonly maps: RandomMaps; readonly input: FigureInput } {
  const maps = randomMaps({ queries: 10, heads: [3, 3], sharpness: 6, nan: [[0, 1, 3]] });
  return { maps, input: figureInput({ maps: [maps], source: tokensOf(pieces), text }) };
}

const common = { theme: 'light', scale: 1, words: false } as const;
export const at = { stack: 'encoder', layer: 0, head: 1 } as const;
export const figures = {
  matrix: { ...common, view: 'matrix', at },
  overview: { ...common, view: 'overview', stack: 'encoder' },
  links: { ...common, view: 'links', stack: 'encoder', layer: 1, heads: [0, 2], topK: 2, threshold: 0.1 },
  text: { ...common, view: 'text', at, token: 4, direction: 'from' },
} as const satisfies Record<string, FigureSpec>;

/** A folder for a suite's exports, removed by `remove`. */
export function exportFolder(): {
  readonly place: (name: string) => Promise<string>;
  readonly write: (
    input: FigureInput,
    format: ExportFormat,
    figure: FigureSpec,
  ) => Promise<Exported & { readonly content: Buffer }>;
  readonly remove: () => Promise<void>;
} {
  const folders: string[] = [];
  const place = async (name: string): Promise<string> => {
    const folder = await mkdtemp(path.join(tmpdir(), 'loupe-export-'));
    folders.push(folder);
    return path.join(folder, name);
  };
  return {
    place,
    write: async (input, format, figure) => {
      const file = await place(`map.${format}`);
      const exported = await exportAttention(input, { format, file, overwrite: false, figure });
      return { ...exported, content: await readFile(file) };
    },
    remove: async () => {
      for (const folder of folders) await rm(folder, { recursive: true, force: true });
    },
  };
}
