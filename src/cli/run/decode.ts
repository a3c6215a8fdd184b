import { LoupeError } from '../../shared/errors.ts';

/**
 * UTF-8 bytes as text, strictly. A byte order mark at the start of a file is no part of the text (as in the editor, so
 * that offsets agree); within the file, U+FEFF stays. Throws LoupeError `text-encoding` with the first bad byte.
 */
export function decodeText(bytes: Uint8Array, isStartOfFile: boolean): string {
  const [first, second] = bytes;
  if (isStartOfFile && ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)))
    throw new LoupeError('text-encoding', { reason: 'it looks like UTF-16' });
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: !isStartOfFile }).decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new LoupeError(
      'text-encoding',
      { reason: `byte ${firstBadByte(bytes)} does not belong` },
      { cause: error },
    );
  }
}

/** Offset from 0 of the first byte that is no UTF-8, by what the lenient decoder replaces. */
function firstBadByte(bytes: Uint8Array): number {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const encoder = new TextEncoder();
  let offset = 0;
  for (const character of text) {
    const expected = encoder.encode(character);
    if (!expected.every((byte, index) => bytes[offset + index] === byte)) return offset;
    offset += expected.length;
  }
  return offset;
}
