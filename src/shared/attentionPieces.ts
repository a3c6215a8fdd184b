/**
 * How tokens are written as labels. A space before a word is a middle dot (`Ġthe` and `▁the`: `·the`), a line end is `↵`, a
 * tab `⇥`; `##ing` stays. Pieces of byte-level vocabularies (GPT-2, RoBERTa, Llama 3) hold bytes disguised as letters
 * and are decoded (`Ã©` is `é`); a piece that is only a part of a character shows its bytes, `<0xF0>`.
 * One piece does not tell whether its vocabulary is byte-level (`é` may be the letter or the byte 0xE9), so all of a text
 * are given.
 */
export function displayPieces(pieces: readonly string[]): readonly string[] {
  const bytes = byteOfLetter();
  const isByteLevel = pieces.some((piece) => looksByteLevel(piece, bytes));
  return pieces.map((piece) => visible(isByteLevel ? decodePiece(piece, bytes) : piece.replaceAll('▁', ' ')));
}

/** A text as a label: leading spaces as middle dots, line ends as `↵`, tabs as `⇥`, other control characters as their pictures. */
export function visible(text: string): string {
  return text
    .replace(/^ +/, (spaces) => '·'.repeat(spaces.length))
    .replace(/\r\n|\n|\r/g, '↵')
    .replaceAll('\t', '⇥')
    .replace(/[^\u0020-\uffff]/g, (control) => String.fromCharCode(0x2400 + control.charCodeAt(0)));
}

/** GPT-2's `bytes_to_unicode`, the other way round: printable Latin-1 stands for itself, all others for U+0100 and up. */
function byteOfLetter(): ReadonlyMap<string, number> {
  const letters = new Map<string, number>();
  let next = 0x100;
  for (let byte = 0; byte < 256; byte++) {
    const isPrintable =
      (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || (byte >= 0xae && byte <= 0xff);
    letters.set(String.fromCharCode(isPrintable ? byte : next++), byte);
  }
  return letters;
}

/** A disguised space or line end, or a disguised character of several bytes: no other vocabulary holds those. */
function looksByteLevel(piece: string, bytes: ReadonlyMap<string, number>): boolean {
  if (/^[ĠĊ]/.test(piece)) return true;
  if (!/[\u0080-\uffff]/.test(piece)) return false;
  return decodeUtf8(piece, bytes) !== undefined;
}

function decodePiece(piece: string, bytes: ReadonlyMap<string, number>): string {
  const decoded = decodeUtf8(piece, bytes);
  if (decoded !== undefined) return decoded;
  const letters = Array.from(piece);
  // A special token such as <s> in another script, or an added word: it is written as it is.
  if (!letters.every((letter) => bytes.has(letter))) return piece;
  return letters
    .map((letter) => ({ letter, byte: bytes.get(letter) ?? 0 }))
    .map(({ letter, byte }) =>
      byte < 0x80 ? (byte === 0x20 ? ' ' : letter) : `<0x${byte.toString(16).toUpperCase()}>`,
    )
    .join('');
}

/** The piece's bytes as UTF-8; undefined when it is none. */
function decodeUtf8(piece: string, bytes: ReadonlyMap<string, number>): string | undefined {
  const values: number[] = [];
  for (const letter of piece) {
    const byte = bytes.get(letter);
    if (byte === undefined) return undefined;
    values.push(byte);
  }
  try {
    return decodeURIComponent(values.map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''));
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}
