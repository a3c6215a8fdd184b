import { open } from 'node:fs/promises';
import { isAbsolute, join, normalize } from 'node:path';
import { float16ToFloat32 } from '../models/float16.ts';
import { integersOf } from './attribute.ts';
import { elementTypes } from './elementTypes.ts';
import { externalLocation, isContiguous, tensorFields, type TensorProto } from './tensor.ts';
import { WireError } from './wire.ts';

/** Bytes of one value, of the types that weights come in. */
const widths: Readonly<Partial<Record<number, number>>> = {
  [elementTypes.float]: 4,
  [elementTypes.double]: 8,
  [elementTypes.float16]: 2,
  [elementTypes.bfloat16]: 2,
  [elementTypes.int8]: 1,
  [elementTypes.uint8]: 1,
  [elementTypes.int32]: 4,
};

/**
 * A tensor's values as float32, row-major. Those that lie outside the graph are read from their file in `folder`: these
 * bytes and no others. Undefined for types that weights do not come in.
 *
 * Throws WireError where the bytes do not fit the shape, or lie outside the folder.
 */
export async function readTensorValues(
  tensor: TensorProto,
  folder: string,
): Promise<Float32Array | undefined> {
  const width = widths[tensor.dataType];
  if (width === undefined) return undefined;
  const count = tensor.dims.reduce((all, dim) => all * dim, 1);
  const list = tensor.rest.find(({ number }) => number === tensorFields.int32s);
  if (tensor.raw === undefined && tensor.dataLocation !== externalLocation && list !== undefined) {
    const integers = tensor.rest.filter(({ number }) => number === tensorFields.int32s).flatMap(integersOf);
    if (tensor.dataType !== elementTypes.float16) return Float32Array.from(integers, Number);
    return float16ToFloat32(Uint16Array.from(integers, Number));
  }
  const bytes = await bytesOf(tensor, folder, count * width);
  if (bytes.length !== count * width) {
    throw new WireError(`${tensor.name ?? 'a tensor'} has ${bytes.length} bytes, not ${count * width}`);
  }
  return floatsFrom(bytes, tensor.dataType);
}

async function bytesOf(tensor: TensorProto, folder: string, wanted: number): Promise<Uint8Array> {
  if (tensor.dataLocation !== externalLocation) {
    return tensor.raw ?? tensor.rest.find(isContiguous)?.content ?? new Uint8Array(0);
  }
  const entry = (key: string): string | undefined => tensor.external.find((one) => one.key === key)?.value;
  const location = normalize(entry('location') ?? '');
  if (isAbsolute(location) || location.startsWith('..')) {
    throw new WireError(
      `${tensor.name ?? 'a tensor'} is said to lie in ${location}, outside the model's folder`,
    );
  }
  const handle = await open(join(folder, location), 'r');
  try {
    const { buffer, bytesRead } = await handle.read(
      new Uint8Array(wanted),
      0,
      wanted,
      Number(entry('offset') ?? 0),
    );
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

function floatsFrom(bytes: Uint8Array, dataType: number): Float32Array {
  // Values in a file need not be aligned; a copy of the buffer is.
  const { buffer } = Uint8Array.from(bytes);
  switch (dataType) {
    case elementTypes.float:
      return new Float32Array(buffer);
    case elementTypes.double:
      return Float32Array.from(new Float64Array(buffer));
    case elementTypes.float16:
      return float16ToFloat32(new Uint16Array(buffer));
    case elementTypes.bfloat16:
      return new Float32Array(Uint32Array.from(new Uint16Array(buffer), (bits) => bits << 16).buffer);
    case elementTypes.int8:
      return Float32Array.from(new Int8Array(buffer));
    case elementTypes.int32:
      return Float32Array.from(new Int32Array(buffer));
    default:
      return Float32Array.from(bytes);
  }
}
