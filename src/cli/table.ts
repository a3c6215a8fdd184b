/** Rows with columns padded to equal width, two spaces between them; the last column is not padded. */
export function alignColumns(
  rows: readonly (readonly string[])[],
  least: readonly number[] = [],
): readonly string[] {
  const widths: number[] = [...least];
  for (const row of rows)
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, width(cell));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === row.length - 1 ? cell : cell + ' '.repeat((widths[column] ?? 0) - width(cell)),
      )
      .join('  ')
      .trimEnd(),
  );
}

/** A text on one line, cut to `columns` with an ellipsis when a width is given. */
export function oneLine(text: string, columns?: number): string {
  const line = text.trim().replace(/\s+/g, ' ');
  const characters = Array.from(line);
  if (columns === undefined || characters.length <= columns) return line;
  return `${characters.slice(0, Math.max(1, columns - 1)).join('')}…`;
}

/** Colours take no room. */
function width(cell: string): number {
  return Array.from(cell.replace(/\u001b\[[\d;]*m/g, '')).length;
}
