import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type {
  AttentionFile,
  AttentionFileLayer,
  AttentionFileTokens,
} from '../../../shared/attentionFile.ts';
import type { AttentionTokens, FigureSpec } from '../../../shared/attentionProtocol.ts';
import type { LayerMaps } from '../headMaps.ts';
import type { FigureInput } from './figureInput.ts';
import { publicReference } from '../../../shared/modelName.ts';
import { littleEndian } from './npy.ts';

/** An `AttentionFile` as JSON, in pieces: a layer's maps are pulled, packed and let go of before the next. */
export async function* attentionFileChunks(
  input: FigureInput,
  figure: FigureSpec,
  title: string,
): AsyncGenerator<string> {
  const head = fileHead(input, figure, title);
  const stacks = input.overview.stacks.map(({ name, queries, keys }) => ({ name, queries, keys }));
  yield `${JSON.stringify(head).slice(0, -1)},"stacks":[`;
  for (const [index, stack] of stacks.entries()) {
    yield `${index === 0 ? '' : ','}${JSON.stringify(stack).slice(0, -1)},"layers":[`;
    for (let layer = 0; layer < (input.overview.stacks[index]?.heads.length ?? 0); layer++) {
      input.signal?.throwIfAborted();
      yield (layer === 0 ? '' : ',') + JSON.stringify(await fileLayer(await input.layer(stack.name, layer)));
    }
    yield ']}';
  }
  yield ']}';
}

/** All of the file but its layers. */
function fileHead(
  { overview, source, summaries }: FigureInput,
  figure: FigureSpec,
  title: string,
): Omit<AttentionFile, 'stacks'> {
  const { reference, architecture, task, precision } = overview.model;
  return {
    format: 'loupe-attention',
    version: 1,
    title,
    model: {
      reference: publicReference(reference),
      architecture,
      precision,
      ...(task !== undefined && { task }),
    },
    text: source.text,
    ...(source.question !== undefined && { question: source.question }),
    ...(source.target !== undefined && { targetText: source.target }),
    source: fileTokens(overview.source),
    ...(overview.target !== undefined && { target: fileTokens(overview.target) }),
    ...(overview.prediction !== undefined && { prediction: overview.prediction }),
    ...(summaries !== undefined && { summaries }),
    figure,
  };
}

function fileTokens(tokens: AttentionTokens): AttentionFileTokens {
  const { pieces, ids, offsets, sequence, special, words, generated } = tokens;
  return {
    pieces,
    ids: Array.from(ids),
    offsets: Array.from(offsets),
    sequence: Array.from(sequence),
    special: Array.from(special),
    words: Array.from(words),
    generated: Array.from(generated),
  };
}

async function fileLayer({
  heads,
  queries,
  keys,
  cells,
  scales,
  node,
}: LayerMaps): Promise<AttentionFileLayer> {
  const packed = await promisify(gzip)(cells);
  return {
    node,
    heads,
    queries,
    keys,
    cells: packed.toString('base64'),
    scales: Buffer.from(littleEndian(scales)).toString('base64'),
  };
}
