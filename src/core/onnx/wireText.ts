import type { WireField } from './wire.ts';

/** A text field. Bytes that are no UTF-8 read as replacement characters: such names equal nothing, and nothing is made of them. */
export function textOf(field: WireField): string {
  return Buffer.from(field.content.buffer, field.content.byteOffset, field.content.byteLength).toString(
    'utf8',
  );
}

/** A signed 64-bit integer field. */
export function integerOf(field: WireField): bigint {
  return BigInt.asIntN(64, field.value);
}
