import { open, type FileHandle } from 'node:fs/promises';
import { LoupeError } from '../../shared/errors.ts';

/** Field numbers of ModelProto: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto */
const modelFields: ReadonlySet<number> = new Set([1, 2, 3, 4, 5, 6, 7, 8, 14, 20, 25, 26]);
const graphField = 7;

/** Local functions and metadata are fields of their own; beyond this many the rest is taken on trust. */
const fieldsRead = 4096;

/**
 * Looks whether a file can be a whole ONNX model without reading its weights: the headers of its top-level fields,
 * a few hundred bytes. Finds empty files, Git LFS pointers, web pages saved under the name, and files cut short.
 *
 * Throws LoupeError `model-file-invalid`.
 */
export async function checkOnnxFile(file: string): Promise<void> {
  const handle = await open(file, 'r');
  try {
    const reason = await mistakeIn(handle);
    if (reason !== undefined) throw new LoupeError('model-file-invalid', { file, reason });
  } finally {
    await handle.close();
  }
}

async function mistakeIn(handle: FileHandle): Promise<string | undefined> {
  const { size } = await handle.stat();
  if (size === 0) return 'it is empty';
  const beginning = (await bytesAt(handle, 0, 64)).toString('latin1');
  if (beginning.startsWith('version https://git-lfs'))
    return 'it is a Git LFS pointer, not the file itself (git lfs pull fetches it)';
  let position = 0;
  let graph = false;
  for (let field = 0; field < fieldsRead && position < size; field++) {
    const header = readHeader(await bytesAt(handle, position, 20));
    if (header === undefined || !modelFields.has(header.field)) {
      return position === 0 ? 'it is no ONNX model' : `it is damaged at byte ${position} of ${size}`;
    }
    position += header.bytes + header.length;
    if (position > size) return `it ends early (${size} bytes, where at least ${position} belong)`;
    graph ||= header.field === graphField;
  }
  return graph || position < size ? undefined : 'it holds no graph';
}

interface FieldHeader {
  readonly field: number;
  /** Bytes of the header itself (for a number: with its value). */
  readonly bytes: number;
  /** Bytes of the content that follows. */
  readonly length: number;
}

/** A protobuf field's tag and length: https://protobuf.dev/programming-guides/encoding/ */
function readHeader(bytes: Buffer): FieldHeader | undefined {
  const tag = readVarint(bytes, 0);
  if (tag === undefined) return undefined;
  const wire = tag.value % 8;
  if (wire !== 0 && wire !== 2) return undefined;
  const second = readVarint(bytes, tag.end);
  if (second === undefined) return undefined;
  return { field: Math.floor(tag.value / 8), bytes: second.end, length: wire === 2 ? second.value : 0 };
}

function readVarint(
  bytes: Buffer,
  start: number,
): { readonly value: number; readonly end: number } | undefined {
  let value = 0;
  for (let index = 0; index < 10; index++) {
    const byte = bytes[start + index];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return { value, end: start + index + 1 };
  }
  return undefined;
}

async function bytesAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await handle.read(buffer, 0, length, position);
  return buffer.subarray(0, bytesRead);
}
