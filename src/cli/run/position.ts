/**
 * Line and column of offsets in a text, both from 1, columns in UTF-16 units, as the editor shows them.
 * `firstLine` is the number of the text's first line in its file.
 */
export function positionsIn(text: string, firstLine: number): (offset: number) => string {
  const starts = [0];
  for (const match of text.matchAll(/\r\n|\r|\n/g)) starts.push(match.index + match[0].length);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return `${low + firstLine}:${offset - (starts[low] ?? 0) + 1}`;
  };
}
