import { gzipSync } from 'node:zlib';
import type {
  AttentionFile,
  AttentionFileLayer,
  AttentionFileTokens,
} from '../../src/shared/attentionFile.ts';

/** Sides of made-up maps. */
export interface MadeUp {
  readonly layers: number;
  readonly heads: number;
  readonly tokens: number;
}

/** A row-stochastic weight that differs in every layer, head, query and key, with patterns that a person recognises. */
function rawWeight(layer: number, head: number, query: number, key: number): number {
  const distance = key - query;
  const patterns = [
    Math.exp(-Math.abs(distance)),
    Math.exp(-Math.abs(distance + 1)),
    Math.exp(-Math.abs(distance - 1)),
    key === 0 ? 1 : 0.01,
    1 / (1 + Math.abs(distance)),
  ];
  const noise = ((query * 31 + key * 17 + head * 7 + layer * 13) % 29) / 600;
  return (patterns[(head + layer) % patterns.length] ?? 0) + noise;
}

/** Bytes and scales of a layer: weight = byte / 255 * scale, the row's largest. */
export function madeUpLayer(
  layer: number,
  { heads, tokens }: MadeUp,
): { cells: Uint8Array; scales: Float32Array } {
  const cells = new Uint8Array(heads * tokens * tokens);
  const scales = new Float32Array(heads * tokens);
  for (let head = 0; head < heads; head += 1)
    for (let query = 0; query < tokens; query += 1) {
      const row = Array.from({ length: tokens }, (_, key) => rawWeight(layer, head, query, key));
      const sum = row.reduce((total, weight) => total + weight, 0);
      const largest = Math.max(...row);
      scales[head * tokens + query] = largest / sum;
      row.forEach((weight, key) => {
        cells[(head * tokens + query) * tokens + key] = Math.round((weight / largest) * 255);
      });
    }
  return { cells, scales };
}

const encodeLayer = (layer: number, sides: MadeUp): AttentionFileLayer => {
  const { cells, scales } = madeUpLayer(layer, sides);
  return {
    node: `layer${layer}/Softmax`,
    heads: sides.heads,
    queries: sides.tokens,
    keys: sides.tokens,
    cells: gzipSync(cells).toString('base64'),
    scales: Buffer.from(scales.buffer).toString('base64'),
  };
};

const words = 'the quick brown fox jumps over a lazy dog while nobody is watch ##ing from behind'.split(' ');

/** Tokens of a made-up sentence between [CLS] and [SEP], and its text. `##` pieces go on with the word before. */
export function madeUpTokens(count: number): { text: string; tokens: AttentionFileTokens } {
  const pieces = [
    '[CLS]',
    ...Array.from({ length: count - 2 }, (_, at) => words[at % words.length] ?? ''),
    '[SEP]',
  ];
  const offsets: number[] = [];
  const wordOf: number[] = [];
  let text = '';
  let word = -1;
  for (const piece of pieces) {
    if (piece.startsWith('[')) {
      offsets.push(0, 0);
      wordOf.push(-1);
      continue;
    }
    const isContinued = piece.startsWith('##');
    if (!isContinued) {
      word += 1;
      if (text !== '') text += ' ';
    }
    const start = text.length;
    text += piece.replace(/^##/, '');
    offsets.push(start, text.length);
    wordOf.push(word);
  }
  const special = pieces.map((piece) => (piece.startsWith('[') ? 1 : 0));
  return {
    text,
    tokens: {
      pieces,
      offsets,
      words: wordOf,
      special,
      sequence: special.map((is) => -is),
      ids: pieces.map((_, at) => at),
    },
  };
}

/** An attention file of known weights: `madeUpLayer` says which. */
export function madeUpFile(sides: MadeUp, more: Partial<AttentionFile> = {}): AttentionFile {
  const { text, tokens } = madeUpTokens(sides.tokens);
  return {
    format: 'loupe-attention',
    version: 1,
    title: 'review.txt, line 3',
    model: {
      reference: 'starter:sentiment-en',
      architecture: 'BertForSequenceClassification',
      precision: 'fp32',
    },
    text,
    source: tokens,
    stacks: [
      {
        name: 'encoder',
        queries: 'source',
        keys: 'source',
        layers: Array.from({ length: sides.layers }, (_, layer) => encodeLayer(layer, sides)),
      },
    ],
    prediction: { kind: 'label', text: 'positive', score: 0.987, scores: [] },
    ...more,
  };
}
