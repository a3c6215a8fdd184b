import { createReadStream } from 'node:fs';

/** Begins the names of all operations that take one scale from a whole activation tensor. */
const mark = Buffer.from('DynamicQuantize');

/**
 * Whether a graph quantises activations while it runs (DynamicQuantizeLinear, DynamicQuantizeMatMul, ...). The scale is
 * then taken over the whole batch, padding included, so a row's result depends on the rows beside it.
 *
 * Looks for the operation's name in the file's bytes: names are stored as they are in protobuf, and reading the file
 * once in order is cheap just before onnxruntime reads it (it stays in the page cache), where parsing the graph would
 * cost a second decoder. Chance matches of 15 bytes in weights are out of the question; one would cost speed only.
 */
export async function quantizesDynamically(file: string): Promise<boolean> {
  let tail = Buffer.alloc(0);
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) {
    const bytes = Buffer.concat([tail, chunk as Buffer]);
    if (bytes.includes(mark)) return true;
    tail = bytes.subarray(Math.max(0, bytes.length - mark.length + 1));
  }
  return false;
}
