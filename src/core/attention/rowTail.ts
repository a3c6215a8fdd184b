/**
 * What a cell kept as byte 0 most likely weighed, of a row that summed to 1 before it became bytes. Bytes lose all weights
 * under scale / 510: in a row with one large weight over hundreds of small ones that is most of the small ones, and with
 * them the row's entropy. What the row lacks is shared by its visible zeros, each at most scale / 510.
 * `byteSum` is the sum of the row's bytes, `zeros` how many visible cells are 0. `whole` is what the row summed to: 1, or
 * of means over blocks of `pooling` keys 1 / pooling.
 */
export function rowTail(byteSum: number, scale: number, zeros: number, whole: number): number {
  const lacking = whole - (byteSum * scale) / 255;
  return zeros === 0 || lacking <= 0 ? 0 : Math.min(lacking / zeros, scale / 510);
}

/**
 * How many keys query `query` can see: in a decoder's own attention those up to itself (the last query sees the last key),
 * elsewhere all.
 */
export function visibleKeys(isCausal: boolean, query: number, queries: number, keys: number): number {
  return isCausal ? Math.min(keys, Math.max(1, keys - queries + query + 1)) : keys;
}
