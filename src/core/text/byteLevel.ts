/** GPT-2's alphabet: the printable Latin-1 characters stand for themselves, other bytes for U+0100 and up, in order. */
const byteOf: ReadonlyMap<string, number> = (() => {
  const map = new Map<string, number>();
  let extra = 0x100;
  for (let byte = 0; byte < 256; byte++) {
    const printable =
      (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || (byte >= 0xae && byte <= 0xff);
    map.set(String.fromCharCode(printable ? byte : extra++), byte);
  }
  return map;
})();

/** Text of a byte-level word or token, e.g. `Ġolá` as ` olá`; U+FFFD for a part of a character. */
export function decodeByteLevel(word: string): string {
  return Buffer.from(Array.from(word, (character) => byteOf.get(character) ?? 0x3f)).toString('utf8');
}
