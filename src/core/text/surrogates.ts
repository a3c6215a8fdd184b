// With the `u` flag a surrogate pair is one character outside this range: only lone surrogates match.
const loneSurrogate = /[\uD800-\uDFFF]/gu;
const anySurrogate = /[\uD800-\uDFFF]/;

/** Number of UTF-16 surrogates in `text` that belong to no pair. */
export function countLoneSurrogates(text: string): number {
  return anySurrogate.test(text) ? (text.match(loneSurrogate)?.length ?? 0) : 0;
}

/** `text` with each lone surrogate replaced by U+FFFD: as many code units as before, so that offsets stay valid. */
export function replaceLoneSurrogates(text: string): string {
  return anySurrogate.test(text) ? text.replace(loneSurrogate, '\uFFFD') : text;
}

/**
 * Code point index to UTF-16 index for every code point of a well-formed text and its end, or undefined when they are
 * the same (no surrogates).
 */
export function codeUnitIndex(text: string): Uint32Array | undefined {
  if (!anySurrogate.test(text)) return undefined;
  const index = new Uint32Array(text.length + 1);
  let points = 0;
  for (let unit = 0; unit < text.length; points++) {
    index[points] = unit;
    unit += (text.charCodeAt(unit) & 0xfc00) === 0xd800 ? 2 : 1;
  }
  index[points] = text.length;
  return index.subarray(0, points + 1);
}
