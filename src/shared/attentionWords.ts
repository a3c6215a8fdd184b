import { mapOfWeights } from './attentionMaps.ts';
import { displayPieces, visible } from './attentionPieces.ts';
import type { AttentionMap, AttentionTokens } from './attentionProtocol.ts';
import type { TextSpan } from './textSpan.ts';

/** Neighbouring tokens that are shown as one. */
export interface TokenGroup {
  /** Tokens `first` (inclusive) to `end` (exclusive). */
  readonly first: number;
  readonly end: number;
  readonly label: string;
  /** Characters in the text of `sequence`; undefined for tokens without text. */
  readonly span: TextSpan | undefined;
  /** As in `AttentionTokens`. */
  readonly sequence: number;
  readonly isSpecial: boolean;
}

/** Every token alone, with its piece as it is displayed. */
export function singleTokens(tokens: AttentionTokens): readonly TokenGroup[] {
  return displayPieces(tokens.pieces).map((label, token) => groupOf(tokens, token, token + 1, label));
}

/**
 * Tokens of the same word together; special tokens stay alone. A word's label is its piece of the text, without the space before it, where `texts` (by
 * sequence) has it, else its pieces joined without the marks of sub-words.
 */
export function groupWords(
  tokens: AttentionTokens,
  texts: readonly (string | undefined)[] = [],
): readonly TokenGroup[] {
  const labels = displayPieces(tokens.pieces);
  const groups: TokenGroup[] = [];
  for (let first = 0; first < tokens.pieces.length;) {
    let end = first + 1;
    while (end < tokens.pieces.length && isSameWord(tokens, first, end)) end++;
    const { span, sequence } = groupOf(tokens, first, end, '');
    const written =
      span && !isGenerated(tokens, first, end)
        ? visible((texts[sequence] ?? '').slice(span.start, span.end).replace(/^\s+(?=\S)/, ''))
        : '';
    const joined = labels
      .slice(first, end)
      .map((label, index) => (index === 0 ? label : label.replace(/^##/, '')))
      .join('');
    const label = end === first + 1 && tokens.special[first] === 1 ? (labels[first] ?? '') : written;
    groups.push(groupOf(tokens, first, end, label === '' ? joined : label));
    first = end;
  }
  return groups;
}

/** The texts by sequence of what attention was asked about: of a pair the question first. */
export function textsOf(source: { readonly text: string; readonly question?: string }): readonly string[] {
  return source.question === undefined ? [source.text] : [source.question, source.text];
}

function isSameWord({ words, sequence, special }: AttentionTokens, a: number, b: number): boolean {
  return (
    special[a] !== 1 &&
    special[b] !== 1 &&
    words[a] !== undefined &&
    words[a] >= 0 &&
    words[a] === words[b] &&
    sequence[a] === sequence[b]
  );
}

function isGenerated({ generated }: AttentionTokens, first: number, end: number): boolean {
  return generated.subarray(first, end).includes(1);
}

function groupOf(tokens: AttentionTokens, first: number, end: number, label: string): TokenGroup {
  const start = tokens.offsets[2 * first] ?? 0;
  const last = tokens.offsets[2 * end - 1] ?? 0;
  return {
    first,
    end,
    label,
    span: last > start ? { start, end: last } : undefined,
    sequence: tokens.sequence[first] ?? 0,
    isSpecial: tokens.special[first] === 1,
  };
}

/**
 * A map over groups: the mean over a group's rows (what its tokens attend to on average), the sum over its columns (all that
 * goes to it), so that rows still sum to 1. Rows of NaN are left out of their group; a group of such rows only is NaN.
 * The map has to be whole: `step` 1 and as many rows and columns as there are tokens.
 */
export function groupMap(
  map: AttentionMap,
  rows: readonly TokenGroup[],
  columns: readonly TokenGroup[],
): AttentionMap {
  const weights = new Float64Array(rows.length * columns.length);
  for (const [row, { first, end }] of rows.entries()) {
    let counted = 0;
    const out = row * columns.length;
    for (let query = first; query < end; query++) {
      const scale = map.scales[query] ?? NaN;
      if (Number.isNaN(scale)) continue;
      counted++;
      for (const [column, group] of columns.entries()) {
        let sum = 0;
        for (let key = group.first; key < group.end; key++) sum += map.cells[query * map.columns + key] ?? 0;
        weights[out + column] = (weights[out + column] ?? 0) + (sum / 255) * scale;
      }
    }
    for (let column = out; column < out + columns.length; column++)
      weights[column] = counted === 0 ? NaN : (weights[column] ?? 0) / counted;
  }
  return mapOfWeights(weights, rows.length, columns.length);
}
