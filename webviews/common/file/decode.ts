import type {
  AttentionFile,
  AttentionFileLayer,
  AttentionFileTokens,
} from '../../../src/shared/attentionFile.ts';
import type { AttentionTokens } from '../../../src/shared/attentionProtocol.ts';
import { LoupeError } from '../../../src/shared/errors.ts';

/** One layer's maps: `cells` [heads, queries, keys], `scales` [heads, queries]; weight = cells / 255 * scales. */
export interface LayerCells {
  readonly heads: number;
  readonly queries: number;
  readonly keys: number;
  readonly cells: Uint8Array;
  readonly scales: Float32Array;
}

/**
 * Takes anything for an attention file.
 * @throws LoupeError `internal` when it is none, or of a version this page does not know
 */
export function parseAttentionFile(value: unknown): AttentionFile {
  const file = value as Partial<AttentionFile> | null;
  if (typeof file !== 'object' || file?.format !== 'loupe-attention')
    throw new LoupeError('internal', { reason: 'these are no attention maps of Loupe' });
  // The type knows version 1 only; a file may come from a later Loupe.
  const version: unknown = file.version;
  if (version !== 1)
    throw new LoupeError('internal', {
      reason: `these maps are of version ${String(version)}, this page reads version 1`,
    });
  return file as AttentionFile;
}

/** @throws LoupeError `internal` when the bytes are damaged or their number does not fit the layer */
export async function decodeLayer(layer: AttentionFileLayer): Promise<LayerCells> {
  const { heads, queries, keys } = layer;
  const cells = await gunzip(fromBase64(layer.cells));
  const scales = toFloats(fromBase64(layer.scales));
  if (cells.length !== heads * queries * keys || scales.length !== heads * queries)
    throw new LoupeError('internal', {
      reason: `a layer of ${heads} x ${queries} x ${keys} weights holds ${cells.length} bytes and ${scales.length} scales`,
    });
  return { heads, queries, keys, cells, scales };
}

/** Tokens of a file with what it leaves out: no offsets, no specials, one sequence, every token a word. */
export function decodeTokens(tokens: AttentionFileTokens): AttentionTokens {
  const count = tokens.pieces.length;
  return {
    pieces: tokens.pieces,
    ids: Int32Array.from(tokens.ids ?? Array<number>(count).fill(0)),
    offsets: Uint32Array.from(tokens.offsets ?? Array<number>(2 * count).fill(0)),
    sequence: Int8Array.from(tokens.sequence ?? Array<number>(count).fill(0)),
    special: Uint8Array.from(tokens.special ?? Array<number>(count).fill(0)),
    words: Int32Array.from(tokens.words ?? tokens.pieces.map((_, index) => index)),
    generated: Uint8Array.from(tokens.generated ?? Array<number>(count).fill(0)),
  };
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  try {
    const binary = atob(text);
    const bytes = new Uint8Array(binary.length);
    for (let index = 0; index < binary.length; index += 1) bytes[index] = binary.charCodeAt(index);
    return bytes;
  } catch (thrown) {
    throw new LoupeError('internal', { reason: 'the maps are damaged (not base64)' }, { cause: thrown });
  }
}

/** Little-endian float32, whatever the machine is. */
function toFloats(bytes: Uint8Array<ArrayBuffer>): Float32Array {
  const view = new DataView(bytes.buffer);
  return Float32Array.from({ length: bytes.length >> 2 }, (_, index) => view.getFloat32(4 * index, true));
}

async function gunzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  try {
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch (thrown) {
    throw new LoupeError('internal', { reason: 'the maps are damaged (not gzip)' }, { cause: thrown });
  }
}
