import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { FileWindow } from './fileWindow.ts';
import { externalBytes, externalLocation, isContiguous, tensorFields } from './tensor.ts';
import {
  headerBytes,
  joinBytes,
  MessageWriter,
  readHeader,
  WireError,
  wireTypes,
  type FieldHeader,
} from './wire.ts';

type Kind = 'model' | 'graph' | 'node' | 'attribute' | 'tensor' | 'function' | 'sparse';

/** Messages that can hold tensors, by field number: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto */
const children: Readonly<Record<Kind, Readonly<Partial<Record<number, Kind>>>>> = {
  model: { 7: 'graph', 25: 'function' },
  graph: { 1: 'node', 5: 'tensor', 15: 'sparse' },
  function: { 7: 'node' },
  node: { 5: 'attribute' },
  attribute: { 5: 'tensor', 6: 'graph', 10: 'tensor', 11: 'graph', 22: 'sparse', 23: 'sparse' },
  sparse: { 1: 'tensor', 2: 'tensor' },
  tensor: {},
};

const modelFields: ReadonlySet<number> = new Set([1, 2, 3, 4, 5, 6, 7, 8, 14, 20, 25, 26]);

/** Values of more bytes than this stay in the file. onnxruntime wants smaller ones (shapes, axes) in the graph itself. */
const inlineLimit = 1024;
/** What is neither a tensor's values nor a message with tensors and longer than this is no model. */
const largestField = 64 * 1024 * 1024;
const deepest = 64;

/**
 * An ONNX file without its weights: a ModelProto in which each tensor of more than 1 KB names the place of its values in
 * the file as ONNX external data (https://onnx.ai/onnx/repo-docs/ExternalData.html). Weights are stepped over, never
 * read; files beyond 4 GB work. Values written as single numbers instead of contiguous bytes stay inline.
 *
 * Throws WireError.
 */
export async function readOutline(file: string): Promise<Uint8Array> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    if (size === 0) throw new WireError('it is empty');
    const walk = new Walk(new FileWindow(handle, size), basename(file));
    const parts: Uint8Array[] = [];
    await walk.message('model', 0, size, parts, 0);
    return joinBytes(parts);
  } finally {
    await handle.close();
  }
}

class Walk {
  readonly #window: FileWindow;
  readonly #location: string;

  constructor(window: FileWindow, location: string) {
    this.#window = window;
    this.#location = location;
  }

  /** Adds the outline of the message at [start, end) to `parts`; returns its bytes. */
  async message(kind: Kind, start: number, end: number, parts: Uint8Array[], depth: number): Promise<number> {
    if (depth > deepest) throw new WireError(`its messages lie more than ${deepest} deep`);
    let written = 0;
    let isOutside = false;
    const add = (bytes: Uint8Array): void => {
      parts.push(bytes);
      written += bytes.length;
    };
    let position = start;
    while (position < end) {
      const header = await this.#header(position, end, kind);
      const after = header.start + header.length;
      const child = children[kind][header.number];
      if (child !== undefined && header.length > inlineLimit && header.wire === wireTypes.bytes) {
        const inner: Uint8Array[] = [];
        const length = await this.message(child, header.start, after, inner, depth + 1);
        add(headerBytes(header.number, length));
        parts.push(...inner);
        written += length;
      } else if (kind === 'tensor' && header.length > inlineLimit && isContiguous(header)) {
        add(this.#external(header));
        isOutside = true;
      } else if (kind === 'tensor' && isOutside && header.number === tensorFields.location) {
        // An explicit "in this message", as quantised models have it: no longer so.
      } else if (after - position > largestField) {
        throw new WireError(`field ${header.number} at byte ${position} is ${header.length} bytes long`);
      } else {
        add((await this.#take(position, after - position)).slice());
      }
      position = after;
    }
    return written;
  }

  async #header(position: number, end: number, kind: Kind): Promise<FieldHeader> {
    const relative = readHeader(await this.#take(position, Math.min(20, end - position)), 0);
    if (relative === undefined || (kind === 'model' && !modelFields.has(relative.number))) {
      throw new WireError(
        position === 0 ? 'it is no ONNX model' : `it is damaged at byte ${position} of ${this.#window.size}`,
      );
    }
    const header = { ...relative, start: position + relative.start };
    const after = header.start + header.length;
    if (after <= end) return header;
    throw new WireError(
      after > this.#window.size
        ? `it ends early (${this.#window.size} bytes, where at least ${after} belong)`
        : `it is damaged at byte ${position} of ${this.#window.size}`,
    );
  }

  async #take(position: number, length: number): Promise<Uint8Array> {
    return this.#window.held(position, length) ?? (await this.#window.load(position, length));
  }

  #external(values: FieldHeader): Uint8Array {
    const entries = [
      { key: 'location', value: this.#location },
      { key: 'offset', value: String(values.start) },
      { key: 'length', value: String(values.length) },
    ];
    return new MessageWriter()
      .messages(tensorFields.external, entries.map(externalBytes))
      .integer(tensorFields.location, externalLocation)
      .finish();
  }
}
