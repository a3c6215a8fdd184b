import { publicReference } from '../../../shared/modelName.ts';
import { PassThrough, Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import type { AttentionStack, AttentionTokens } from '../../../shared/attentionProtocol.ts';
import { axesOf } from './axes.ts';
import type { FigureInput } from './figureInput.ts';
import { littleEndian, npyHeader, npyIntegers, npyStrings } from './npy.ts';

/**
 * Everything as NPZ, for `numpy.load` without pickle. `attention` float32 [layers, heads, queries, keys] is the encoder's, or that of a
 * decoder without one; beside an encoder `decoder_attention` and `cross_attention`. Layers with different numbers of heads are arrays of
 * their own, `attention_0` [heads, queries, keys] and so on. `tokens` [n] unicode, `offsets` [n, 2] (UTF-16), `ids` [n],
 * `special` [n]; with a target also `target_tokens` and the others alike. `model`, `text` (and `question`, `target`): strings.
 * Not compressed; ZIP64 where it has to be. Layers are pulled as the file is written, one at a time.
 */
export function npzStream(input: FigureInput): Readable {
  const zip = new ZipFile();
  const output = new PassThrough();
  zip.on('error', (error: Error) => output.destroy(error));
  zip.outputStream.pipe(output);
  for (const stack of input.overview.stacks) addStack(zip, input, stack);
  const { overview, source } = input;
  addTokens(zip, '', overview.source);
  if (overview.target !== undefined) addTokens(zip, 'target_', overview.target);
  const texts = {
    model: publicReference(overview.model.reference),
    text: source.text,
    question: source.question,
    target: source.target,
  };
  for (const [name, text] of Object.entries(texts))
    if (text !== undefined) add(zip, name, npyStrings([text], true));
  zip.end();
  return output;
}

function addStack(zip: ZipFile, input: FigureInput, stack: AttentionStack): void {
  const { queries, keys } = axesOf(input, stack.name, false);
  const sides = [queries.tokens.pieces.length, keys.tokens.pieces.length];
  const name = arrayName(input, stack);
  const [heads = 0] = stack.heads;
  const layers = stack.heads.map((_, layer) => layer);
  if (stack.heads.every((count) => count === heads))
    addArray(zip, input, { name, stack, layers, shape: [layers.length, heads, ...sides] });
  else
    for (const layer of layers)
      addArray(zip, input, {
        name: `${name}_${layer}`,
        stack,
        layers: [layer],
        shape: [stack.heads[layer] ?? 0, ...sides],
      });
}

function arrayName({ overview }: FigureInput, { name }: AttentionStack): string {
  const isMain = name === 'encoder' || (name === 'decoder' && overview.stacks.length === 1);
  return isMain ? 'attention' : `${name}_attention`;
}

interface StackArray {
  readonly name: string;
  readonly stack: AttentionStack;
  readonly layers: readonly number[];
  readonly shape: readonly number[];
}

function addArray(zip: ZipFile, input: FigureInput, { name, stack, layers, shape }: StackArray): void {
  const header = npyHeader('<f4', shape);
  const size = header.length + 4 * shape.reduce((product, side) => product * side, 1);
  async function* bytes(): AsyncGenerator<Uint8Array> {
    yield header;
    for (const layer of layers) {
      input.signal?.throwIfAborted();
      yield littleEndian(await input.exact(stack.name, layer));
    }
  }
  zip.addReadStreamLazy(`${name}.npy`, { compress: false, size }, (give) => {
    const stream = Readable.from(bytes(), { objectMode: false });
    // yazl listens to the errors of files only.
    stream.on('error', (error) => zip.emit('error', error));
    give(null, stream);
  });
}

function addTokens(zip: ZipFile, prefix: string, tokens: AttentionTokens): void {
  const count = tokens.pieces.length;
  add(zip, `${prefix}tokens`, npyStrings(tokens.pieces));
  add(zip, `${prefix}offsets`, npyIntegers(tokens.offsets, [count, 2]));
  add(zip, `${prefix}ids`, npyIntegers(tokens.ids, [count]));
  add(zip, `${prefix}special`, npyIntegers(Int32Array.from(tokens.special), [count]));
}

function add(zip: ZipFile, name: string, array: Uint8Array): void {
  zip.addBuffer(Buffer.from(array.buffer, array.byteOffset, array.byteLength), `${name}.npy`, {
    compress: false,
  });
}
