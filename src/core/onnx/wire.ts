/**
 * Protocol Buffers' wire format, as far as ONNX uses it: https://protobuf.dev/programming-guides/encoding/
 * Reading keeps every field's own bytes, so what is not understood is written back byte for byte.
 */

/** Damaged bytes. Stays inside core/onnx: whoever knows the file turns it into `model-file-invalid`. */
export class WireError extends Error {
  override readonly name = 'WireError';
}

export const wireTypes = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** One field of a message. */
export interface WireField {
  readonly number: number;
  readonly wire: number;
  /** Of a varint: its value, unsigned 64 bits. Else 0. */
  readonly value: bigint;
  /** Content of a length-delimited or fixed-size field; empty for a varint. */
  readonly content: Uint8Array;
  /** The whole field with its tag. */
  readonly whole: Uint8Array;
}

export interface Varint {
  readonly value: bigint;
  /** Index after the last byte. */
  readonly end: number;
}

/** A varint of at most ten bytes, unsigned. Undefined where the bytes end first or where it is longer than that. */
export function readVarint(bytes: Uint8Array, start: number): Varint | undefined {
  let low = 0;
  for (let index = 0; index < 4; index++) {
    const byte = bytes[start + index];
    if (byte === undefined) return undefined;
    low += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return { value: BigInt(low), end: start + index + 1 };
  }
  let value = BigInt(low);
  for (let index = 4; index < 10; index++) {
    const byte = bytes[start + index];
    if (byte === undefined) return undefined;
    value += BigInt(byte & 0x7f) << BigInt(7 * index);
    if (byte < 0x80) return { value: BigInt.asUintN(64, value), end: start + index + 1 };
  }
  return undefined;
}

/** A field's tag with what is needed to step over its content. */
export interface FieldHeader {
  readonly number: number;
  readonly wire: number;
  /** Of a varint: its value. Else 0. */
  readonly value: bigint;
  /** Index of the content; a varint's value belongs to the header. */
  readonly start: number;
  /** Bytes of content that follow `start`. */
  readonly length: number;
}

/** The header at `at`; it takes at most 20 bytes. Undefined where there is none. */
export function readHeader(bytes: Uint8Array, at: number): FieldHeader | undefined {
  const tag = readVarint(bytes, at);
  if (tag === undefined || tag.value > 0xffffffffn) return undefined;
  const number = Number(tag.value >> 3n);
  const wire = Number(tag.value & 7n);
  if (number === 0) return undefined;
  if (wire === wireTypes.fixed64 || wire === wireTypes.fixed32) {
    return { number, wire, value: 0n, start: tag.end, length: wire === wireTypes.fixed64 ? 8 : 4 };
  }
  if (wire !== wireTypes.varint && wire !== wireTypes.bytes) return undefined;
  const second = readVarint(bytes, tag.end);
  if (second === undefined) return undefined;
  if (wire === wireTypes.varint) return { number, wire, value: second.value, start: second.end, length: 0 };
  const length = Number(second.value);
  return Number.isSafeInteger(length) ? { number, wire, value: 0n, start: second.end, length } : undefined;
}

/** The fields of a message, in the order they stand. Throws WireError. */
export function readFields(bytes: Uint8Array): WireField[] {
  const fields: WireField[] = [];
  let position = 0;
  while (position < bytes.length) {
    const header = readHeader(bytes, position);
    if (header === undefined || header.start + header.length > bytes.length) {
      throw new WireError(`a message of ${bytes.length} bytes is damaged at byte ${position}`);
    }
    const end = header.start + header.length;
    fields.push({
      number: header.number,
      wire: header.wire,
      value: header.value,
      content: bytes.subarray(header.start, end),
      whole: bytes.subarray(position, end),
    });
    position = end;
  }
  return fields;
}

/** The bytes of a varint; a negative number as its 64-bit two's complement. */
export function varintBytes(value: bigint | number): Uint8Array {
  const bytes: number[] = [];
  let small = Number(value);
  if (small >= 0 && small < 2 ** 31) {
    for (; small >= 0x80; small >>>= 7) bytes.push((small & 0x7f) | 0x80);
    bytes.push(small);
    return Uint8Array.from(bytes);
  }
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

/** The tag and length in front of a length-delimited field's content. */
export function headerBytes(number: number, length: number): Uint8Array {
  return joinBytes([varintBytes(number * 8 + wireTypes.bytes), varintBytes(length)]);
}

export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const whole = new Uint8Array(length);
  let position = 0;
  for (const part of parts) {
    whole.set(part, position);
    position += part.length;
  }
  return whole;
}

interface WrittenField {
  readonly number: number;
  readonly parts: readonly Uint8Array[];
}

const encoder = new TextEncoder();

/** Gathers the fields of one message; fields are written by ascending number as protobuf's own writers do. */
export class MessageWriter {
  readonly #fields: WrittenField[] = [];

  /** An integer, or nothing where it is undefined. */
  integer(number: number, value: bigint | number | undefined): this {
    if (value === undefined) return this;
    return this.#add(number, varintBytes(number * 8 + wireTypes.varint), varintBytes(value));
  }

  /** A float32. */
  float(number: number, value: number | undefined): this {
    if (value === undefined) return this;
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    return this.#add(number, varintBytes(number * 8 + wireTypes.fixed32), bytes);
  }

  bytes(number: number, content: Uint8Array | undefined): this {
    return content === undefined ? this : this.#add(number, headerBytes(number, content.length), content);
  }

  text(number: number, content: string | undefined): this {
    return content === undefined ? this : this.bytes(number, encoder.encode(content));
  }

  texts(number: number, contents: readonly string[]): this {
    for (const content of contents) this.text(number, content);
    return this;
  }

  /** One length-delimited field for each message. */
  messages(number: number, contents: readonly Uint8Array[]): this {
    for (const content of contents) this.bytes(number, content);
    return this;
  }

  /** Fields that were read and not understood, as they stood. */
  keep(fields: readonly WireField[]): this {
    for (const { number, whole } of fields) this.#fields.push({ number, parts: [whole] });
    return this;
  }

  finish(): Uint8Array {
    this.#fields.sort((one, other) => one.number - other.number);
    return joinBytes(this.#fields.flatMap(({ parts }) => parts));
  }

  #add(number: number, ...parts: Uint8Array[]): this {
    this.#fields.push({ number, parts });
    return this;
  }
}
