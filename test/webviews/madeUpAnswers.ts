import type { AttentionFile } from '../../src/shared/attentionFile.ts';
import { mapOfWeights } from '../../src/shared/attentionMaps.ts';
import type {
  Attribution,
  HeadImportance,
  HeadSummary,
  MaskOutcome,
  PositionEncodings,
  Prediction,
} from '../../src/shared/attentionProtocol.ts';
import type { FileData } from '../../webviews/common/file/fileData.ts';

/** Answers that a file cannot give, made up but of the right shape; undefined: the file can. */
export async function madeUpAnswers(
  file: AttentionFile,
  data: FileData,
  name: string,
  params: unknown,
): Promise<unknown> {
  const options = { signal: new AbortController().signal, onProgress: () => undefined };
  const stack = file.stacks[0];
  const tokens = file.source.pieces.length;
  if (!stack) return undefined;
  switch (name) {
    case 'summaries':
      return madeUpSummaries(stack.layers.length, stack.layers[0]?.heads ?? 0);
    case 'attribution':
      return madeUpAttribution(file);
    case 'mask':
      return maskOutcome((params as { heads: readonly unknown[] }).heads.length);
    case 'importance':
      return {
        base: positive(0.987),
        stacks: [
          {
            name: stack.name,
            drops: Float32Array.from(
              { length: stack.layers.length * (stack.layers[0]?.heads ?? 0) },
              (_, at) => Math.sin(at) ** 3 / 4,
            ),
          },
        ],
      } satisfies HeadImportance;
    case 'positions':
      return madeUpPositions(64, 48);
    case 'aggregate': {
      const { kind } = params as { kind: string };
      if (kind === 'mean') return undefined;
      const mean = await data.ask('aggregate', { kind: 'mean', stack: stack.name }, options);
      if (kind === 'rollout') return mean;
      return mapOfWeights(
        Float32Array.from({ length: tokens }, (_, at) => ((at * 7) % 11) / 11),
        1,
        tokens,
      );
    }
    default:
      return undefined;
  }
}

const positive = (score: number): Prediction => ({
  kind: 'label',
  text: score >= 0.5 ? 'positive' : 'negative',
  score: Math.max(score, 1 - score),
  scores: [],
});

function maskOutcome(heads: number): MaskOutcome {
  const kept = 0.987 * 0.8 ** heads;
  return { before: positive(0.987), after: positive(kept), kept };
}

export function madeUpSummaries(layers: number, heads: number): readonly HeadSummary[] {
  const patterns = ['diagonal', 'previous', 'next', 'first', undefined] as const;
  return Array.from({ length: layers * heads }, (_, at) => {
    const head = at % heads;
    const layer = Math.floor(at / heads);
    return {
      stack: 'encoder',
      layer,
      head,
      entropy: 1 + ((at * 5) % 17) / 5,
      relativeEntropy: ((at * 5) % 17) / 20,
      distance: 1 + ((at * 3) % 13),
      shares: { first: 0.1, separator: 0.2, diagonal: 0.15, previous: ((at * 7) % 10) / 10, next: 0.05 },
      pattern: patterns[(head + layer) % patterns.length],
    };
  });
}

function madeUpAttribution(file: AttentionFile): Attribution {
  const offsets = file.source.offsets ?? [];
  const units: { start: number; end: number; sequence: number }[] = [];
  for (let token = 0; token < file.source.pieces.length; token += 1) {
    const start = offsets[2 * token] ?? 0;
    const end = offsets[2 * token + 1] ?? 0;
    if (end > start) units.push({ start, end, sequence: file.source.sequence?.[token] ?? 0 });
  }
  const curve = (rate: number): Float32Array =>
    Float32Array.from({ length: 11 }, (_, at) => 0.987 * Math.exp((-rate * at) / 10));
  const area = (rate: number): number => (1 - Math.exp(-rate)) / rate;
  return {
    units,
    drops: Float32Array.from(units, (_, at) => Math.sin(at * 1.7) * (at % 5 === 0 ? 0.5 : 0.06)),
    base: positive(0.987),
    curves: [
      { by: 'occlusion', scores: curve(5), area: area(5) },
      { by: 'attention', scores: curve(1.6), area: area(1.6) },
      { by: 'rollout', scores: curve(2), area: area(2) },
      { by: 'random', scores: curve(1.3), area: area(1.3) },
    ],
  };
}

function madeUpPositions(positions: number, width: number): PositionEncodings {
  const values = Float32Array.from({ length: positions * width }, (_, at) => {
    const position = Math.floor(at / width);
    const dimension = at % width;
    const angle = position / 10000 ** ((2 * Math.floor(dimension / 2)) / width);
    return dimension % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
  });
  const similarity = new Float32Array(positions * positions);
  for (let a = 0; a < positions; a += 1)
    for (let b = 0; b < positions; b += 1) {
      let dot = 0;
      for (let at = 0; at < width; at += 1)
        dot += (values[a * width + at] ?? 0) * (values[b * width + at] ?? 0);
      similarity[a * positions + b] = dot / (width / 2);
    }
  return {
    kind: 'sinusoidal',
    positions,
    width,
    values,
    similarity,
    origin: 'bert.embeddings.position_embeddings.weight',
  };
}
