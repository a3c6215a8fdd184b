/** One measured line: what was measured, by whom, the value, and how it compares. */
export interface Row {
  readonly what: string;
  readonly who: string;
  readonly value: string;
  /** Against the bar that the row has, e.g. `2.4x (bar 2.2x)`; empty for a competitor's own line. */
  readonly ratio: string;
}

const headers: Row = { what: 'what', who: 'who', value: 'measured', ratio: 'ratio' };
const columns = ['what', 'who', 'value', 'ratio'] as const;

/** The rows as a Markdown table with padded columns, so that it reads well in a terminal too. */
export function markdownTable(rows: readonly Row[]): string {
  const widths = columns.map((column) => Math.max(...[headers, ...rows].map((row) => row[column].length)));
  const line = (row: Row) =>
    `| ${columns.map((column, i) => row[column].padEnd(widths[i] ?? 0)).join(' | ')} |`;
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
  return [line(headers), rule, ...rows.map(line)].join('\n');
}

/** `2.35x (bar 2.2x)`, marked when below the bar. */
export function ratioText(ratio: number, bar: number): string {
  return `${ratio.toFixed(2)}x (bar ${bar}x${ratio >= bar ? '' : ', missed'})`;
}

/** `12.3 ms (bar 20 ms)`, marked when above the bar. */
export function limitText(value: number, limit: number, unit: string): string {
  return `${value.toFixed(1)} ${unit} (bar ${limit} ${unit}${value <= limit ? '' : ', missed'})`;
}

/** Middle value; of an even count the upper of the two. NaN for none. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
