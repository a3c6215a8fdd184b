import type { FileHandle } from 'node:fs/promises';

const smallest = 4096;
const largest = 256 * 1024;

/**
 * A moving view of a file, so that a model of any size is walked with a few reads: the view grows while it is read on
 * and on, and is small again after a jump over weights.
 */
export class FileWindow {
  readonly #handle: FileHandle;
  readonly size: number;
  #bytes: Uint8Array = new Uint8Array(0);
  #start = 0;
  #next = smallest;

  constructor(handle: FileHandle, size: number) {
    this.#handle = handle;
    this.size = size;
  }

  /** Bytes [at, at + length), fewer only at the file's end. Valid until the next call. Undefined: `load` them first. */
  held(at: number, length: number): Uint8Array | undefined {
    const end = Math.min(at + length, this.size);
    if (at < this.#start || end > this.#start + this.#bytes.length) return undefined;
    return this.#bytes.subarray(at - this.#start, end - this.#start);
  }

  /** Reads what `held` asks for, and some more. */
  async load(at: number, length: number): Promise<Uint8Array> {
    const end = this.#start + this.#bytes.length;
    this.#next = at >= this.#start && at <= end ? Math.min(2 * this.#next, largest) : smallest;
    const buffer = new Uint8Array(Math.min(Math.max(length, this.#next), this.size - at));
    let filled = 0;
    while (filled < buffer.length) {
      const { bytesRead } = await this.#handle.read(buffer, filled, buffer.length - filled, at + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    this.#bytes = buffer.subarray(0, filled);
    this.#start = at;
    return this.#bytes.subarray(0, length);
  }
}
