import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { isMissing } from '../../core/models/files.ts';
import { textLimit } from '../../core/text/validate.ts';
import { LoupeError } from '../../shared/errors.ts';
import { usageError } from '../arguments/values.ts';
import type { Terminal } from '../terminal.ts';
import { decodeText } from './decode.ts';

/** One text to run, or why it is none. Numbers count from 0. */
export type Input =
  { readonly index: number; readonly text: string } | { readonly index: number; readonly error: LoupeError };

/** Four bytes are the most that a character takes in UTF-8; what is longer is not even kept in memory. */
const bytesAtMost = 4 * textLimit;

/** Opens a file, or standard input for `-`. Throws LoupeError `arguments-invalid` when there is no such file. */
export async function openBytes(
  file: string,
  cwd: string,
  terminal: Terminal,
): Promise<AsyncIterable<Uint8Array>> {
  if (file === '-') {
    if (terminal.inputIsTty)
      terminal.say('Reading from the keyboard: type or paste a text, then Ctrl+D (Windows: Ctrl+Z, Enter).');
    return terminal.input;
  }
  const target = path.resolve(cwd, file);
  try {
    if ((await stat(target)).isDirectory())
      throw usageError(`${file} is a folder. Give a file, or - for standard input.`);
  } catch (error) {
    if (isMissing(error)) throw usageError(`There is no file ${file}.`);
    throw error;
  }
  return createReadStream(target);
}

/** All bytes as one input. */
export async function* wholeInput(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Input> {
  const collected = new Collected();
  for await (const chunk of bytes) collected.add(chunk);
  yield collected.toInput(0);
}

/**
 * Each line as an input, as soon as it is there. Lines end with LF or CRLF, which are no part of them; after the last
 * line end there is no further line.
 */
export async function* lineInputs(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Input> {
  let line = new Collected();
  let index = 0;
  for await (const chunk of bytes) {
    let start = 0;
    for (let end = chunk.indexOf(0x0a); end !== -1; end = chunk.indexOf(0x0a, start)) {
      line.add(chunk.subarray(start, end));
      yield line.toInput(index++, true);
      line = new Collected();
      start = end + 1;
    }
    line.add(chunk.subarray(start));
  }
  if (line.bytes > 0) yield line.toInput(index, true);
}

class Collected {
  #chunks: Uint8Array[] = [];
  bytes = 0;

  add(chunk: Uint8Array): void {
    this.bytes += chunk.byteLength;
    if (this.bytes <= bytesAtMost) this.#chunks.push(chunk);
    else this.#chunks = [];
  }

  toInput(index: number, isLine = false): Input {
    if (this.bytes > bytesAtMost)
      return { index, error: new LoupeError('text-too-long', { length: this.bytes, limit: textLimit }) };
    const whole = Buffer.concat(this.#chunks);
    const content = isLine && whole.at(-1) === 0x0d ? whole.subarray(0, -1) : whole;
    try {
      return { index, text: decodeText(content, index === 0) };
    } catch (error) {
      return { index, error: LoupeError.from(error) };
    }
  }
}
