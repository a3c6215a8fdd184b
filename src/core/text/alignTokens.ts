/** Half-open range of UTF-16 units in a word, per token. */
export type Range = readonly [start: number, end: number];

/** Reads the text of a token as it stands in a word; undefined when the token does not show it (unknown, a byte). */
export type TokenSurface = (token: string, first: boolean) => string | undefined;

/**
 * Where each of a word's tokens lies in the word. Tokens without a text of their own share what lies between their
 * neighbours.
 */
export function alignTokens(word: string, tokens: readonly string[], surface: TokenSurface): Range[] {
  const ranges: Range[] = [];
  let at = 0;
  for (let t = 0; t < tokens.length;) {
    const text = surface(tokens[t] ?? '', t === 0);
    if (text !== undefined && word.startsWith(text, at)) {
      ranges.push([at, at + text.length]);
      at += text.length;
      t++;
      continue;
    }
    let next = t + 1;
    let end = word.length;
    for (; next < tokens.length; next++) {
      const following = surface(tokens[next] ?? '', false);
      const found = following === undefined ? -1 : word.indexOf(following, at + 1);
      if (found < 0) continue;
      end = found;
      break;
    }
    for (; t < next; t++) ranges.push([at, end]);
    at = end;
  }
  return ranges;
}

/** The same for byte-level tokens, whose characters are bytes: a token with a part of a character gets all of it. */
export function alignByteTokens(word: string, tokens: readonly string[]): Range[] {
  const unitOfByte: number[] = [];
  let unit = 0;
  for (const character of word) {
    for (let bytes = Buffer.byteLength(character); bytes > 0; bytes--) unitOfByte.push(unit);
    unit += character.length;
  }
  let byte = 0;
  return tokens.map((token) => {
    const start = unitOfByte[byte] ?? unit;
    byte += token.length;
    const last = unitOfByte[byte - 1] ?? unit;
    return [start, Math.min(unit, last + (isSurrogateAt(word, last) ? 2 : 1))];
  });
}

function isSurrogateAt(text: string, unit: number): boolean {
  return (text.charCodeAt(unit) & 0xfc00) === 0xd800;
}
