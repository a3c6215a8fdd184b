import { readFile } from 'node:fs/promises';

const endOfDirectory = 0x06054b50;

/** An array of an NPZ file: its bytes as they lie there. */
export interface NpzArray {
  /** numpy's, e.g. `<f4`. */
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Reads the arrays of an NPZ file whose members are not compressed (APPNOTE 4.3; NPY format 1.0), without ZIP64. */
export async function readNpz(file: string): Promise<ReadonlyMap<string, NpzArray>> {
  const bytes = await readFile(file);
  let end = bytes.length - 22;
  while (end >= 0 && bytes.readUInt32LE(end) !== endOfDirectory) end--;
  if (end < 0) throw new Error(`${file} is no zip archive`);
  const arrays = new Map<string, NpzArray>();
  let at = bytes.readUInt32LE(end + 16);
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left--) {
    const [method, size, local] = [
      bytes.readUInt16LE(at + 10),
      bytes.readUInt32LE(at + 24),
      bytes.readUInt32LE(at + 42),
    ];
    const nameEnd = at + 46 + bytes.readUInt16LE(at + 28);
    const name = bytes.toString('utf8', at + 46, nameEnd);
    if (method !== 0) throw new Error(`${file}: ${name} is compressed`);
    const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    arrays.set(name.replace(/\.npy$/, ''), readNpy(bytes.subarray(start, start + size)));
    at = nameEnd + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return arrays;
}

function readNpy(bytes: Buffer): NpzArray {
  const headerEnd = 10 + bytes.readUInt16LE(8);
  const header = bytes.toString('latin1', 10, headerEnd);
  const dtype = /'descr': *'([^']*)'/.exec(header)?.[1];
  const shape = /'shape': *\(([^)]*)\)/.exec(header)?.[1];
  if (dtype === undefined || shape === undefined) throw new Error(`no NPY header: ${header}`);
  // A copy lies at the start of its buffer, where numbers of any size may.
  return {
    dtype,
    shape: (shape.match(/\d+/g) ?? []).map(Number),
    bytes: Uint8Array.from(bytes.subarray(headerEnd)),
  };
}
