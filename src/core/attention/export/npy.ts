import { replaceLoneSurrogates } from '../../text/surrogates.ts';

/**
 * Header of NumPy's array file, format 1.0 (or 2.0 for long headers): numpy.lib.format. `type` as in a dtype's `descr`, for example
 * `<f4`. The data follows in C order.
 */
export function npyHeader(type: string, shape: readonly number[]): Uint8Array {
  const tuple = shape.length === 1 ? `(${String(shape[0])},)` : `(${shape.join(', ')})`;
  const header = `{'descr': '${type}', 'fortran_order': False, 'shape': ${tuple}, }`;
  // Magic, version and the length take 10 bytes; all before the data is a multiple of 64, padded with spaces and a line end.
  const padded = `${header.padEnd(Math.ceil((10 + header.length + 1) / 64) * 64 - 11)}\n`;
  const prefix = Buffer.from([
    0x93,
    0x4e,
    0x55,
    0x4d,
    0x50,
    0x59,
    1,
    0,
    padded.length & 0xff,
    padded.length >> 8,
  ]);
  return Buffer.concat([prefix, Buffer.from(padded, 'latin1')]);
}

/** An array of strings as fixed-width UTF-32 (`<U`), as long as the longest, at least 1; shorter ones are padded with NUL. */
export function npyStrings(strings: readonly string[], isScalar = false): Uint8Array {
  const points = strings.map((text) =>
    Array.from(replaceLoneSurrogates(text), (character) => character.codePointAt(0) ?? 0),
  );
  const width = Math.max(1, ...points.map((text) => text.length));
  const data = new Uint32Array(strings.length * width);
  for (const [index, text] of points.entries()) data.set(text, index * width);
  return Buffer.concat([npyHeader(`<U${width}`, isScalar ? [] : [strings.length]), littleEndian(data)]);
}

export function npyIntegers(values: Int32Array | Uint32Array, shape: readonly number[]): Uint8Array {
  return Buffer.concat([npyHeader('<i4', shape), littleEndian(Int32Array.from(values))]);
}

/** Bytes of an array on this machine; every platform that Loupe runs on is little-endian. */
export function littleEndian(array: Float32Array | Int32Array | Uint32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
