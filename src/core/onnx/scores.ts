import { integerAttribute, integersAttribute } from './attribute.ts';
import { elementTypes } from './elementTypes.ts';
import type { GraphEdit } from './graphEdit.ts';

/** What hides keys from queries in onnxruntime's fused operators. */
export interface FusedMask {
  /** int32: [batch] (lengths), [2 * batch] (ends, then starts), [batch, keys], or [batch, queries, keys]; '' for none. */
  readonly mask: string;
  readonly maskRank: number;
  /** What is added to hidden scores. */
  readonly filter: number;
  /** Added to the scores, [batch or 1, heads or 1, queries, keys]; '' for none. */
  readonly bias: string;
  readonly isCausal: boolean;
}

const lowest = -3.4028234663852886e38;

/**
 * softmax(q k^T * scale + masks) as onnxruntime's CPU kernels do it (PrepareMask in contrib_ops/cpu/bert): `queries`
 * [batch, heads, queries, width], `keys` [batch, heads, keys, width], float32. Without a scale: 1 / sqrt(width).
 */
export function probabilitiesOf(
  edit: GraphEdit,
  queries: string,
  keys: string,
  scale: number | undefined,
  masks: FusedMask,
): string {
  const factor = scale === undefined ? widthScale(edit, queries) : edit.scalar(scale);
  const turned = edit.add('Transpose', [keys], [integersAttribute('perm', [0, 1, 3, 2])]);
  let scores = edit.add('MatMul', [edit.add('Mul', [queries, factor]), turned]);
  if (masks.bias !== '') scores = edit.add('Add', [scores, masks.bias]);
  if (masks.mask !== '') scores = edit.add('Add', [scores, paddingMask(edit, queries, keys, masks)]);
  if (masks.isCausal) scores = edit.add('Add', [scores, causalMask(edit, queries, keys)]);
  return edit.add('Softmax', [scores], [integerAttribute('axis', edit.opset >= 13 ? -1 : 3)]);
}

function widthScale(edit: GraphEdit, queries: string): string {
  const width = edit.cast(edit.length(queries, 3), elementTypes.float);
  return edit.add('Div', [edit.scalar(1), edit.add('Sqrt', [width])]);
}

function paddingMask(edit: GraphEdit, queries: string, keys: string, masks: FusedMask): string {
  const isHidden = hiddenKeys(edit, queries, keys, masks);
  return edit.add('Where', [isHidden, edit.scalar(masks.filter), edit.scalar(0)]);
}

function hiddenKeys(edit: GraphEdit, queries: string, keys: string, { mask, maskRank }: FusedMask): string {
  const numbers = edit.cast(mask, elementTypes.int64);
  if (maskRank > 1) {
    const isShown = edit.add('Greater', [numbers, edit.integers([0])]);
    return edit.unsqueeze(edit.add('Not', [isShown]), maskRank === 2 ? [1, 2] : [1]);
  }
  const batch = edit.length(queries, 0);
  const ends = edit.reshape(edit.slice(numbers, 0, 0, batch), [-1, 1, 1, 1]);
  const positions = edit.range(edit.length(keys, 2));
  const isBehind = edit.add('Not', [edit.add('Less', [positions, ends])]);
  const twice = edit.add('Add', [batch, batch]);
  // Starts follow the ends where there are two numbers for each row; else every row starts at 0.
  const hasStarts = edit.add('Equal', [edit.length(mask, 0), twice]);
  const padded = edit.add('Concat', [numbers, edit.add('Mul', [numbers, edit.integers([0])])], [axis(0)]);
  const starts = edit.reshape(edit.slice(padded, 0, batch, twice), [-1, 1, 1, 1]);
  const isBefore = edit.add('And', [hasStarts, edit.add('Less', [positions, starts])]);
  return edit.add('Or', [isBehind, isBefore]);
}

/** [queries, keys]: the last query sees every key, the one before it all but the last, and so on. */
function causalMask(edit: GraphEdit, queries: string, keys: string): string {
  const rows = edit.length(queries, 2);
  const columns = edit.length(keys, 2);
  const past = edit.add('Sub', [columns, rows]);
  const last = edit.unsqueeze(edit.add('Add', [edit.range(rows), past]), [1]);
  const isLater = edit.add('Greater', [edit.range(columns), last]);
  return edit.add('Where', [isLater, edit.scalar(lowest), edit.scalar(0)]);
}

function axis(at: number): ReturnType<typeof integerAttribute> {
  return integerAttribute('axis', at);
}

/** [batch, tokens, heads * width] to [batch, heads, tokens, width]. */
export function splitHeads(edit: GraphEdit, value: string, heads: number): string {
  const split = edit.reshape(value, [0, 0, heads, -1]);
  return edit.add('Transpose', [split], [integersAttribute('perm', [0, 2, 1, 3])]);
}

/** Keys of a cache, then new ones: both [batch, heads, keys, width]. */
export function afterPast(edit: GraphEdit, past: string, keys: string): string {
  return edit.add('Concat', [past, keys], [axis(2)]);
}
