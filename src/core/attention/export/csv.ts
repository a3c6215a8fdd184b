import type { FigureSpec } from '../../../shared/attentionProtocol.ts';
import { replaceLoneSurrogates } from '../../text/surrogates.ts';
import { checkPlace } from '../places.ts';
import { axesOf, type Axes } from './axes.ts';
import type { FigureInput } from './figureInput.ts';

const columns = [
  'stack',
  'layer',
  'head',
  'query',
  'key',
  'query_token',
  'key_token',
  'query_start',
  'query_end',
  'key_start',
  'key_end',
  'weight',
] as const;

/**
 * Weights as CSV (RFC 4180: CRLF, quoted texts), one row for each layer, head, query and key of what the figure shows: of an
 * overview all heads of the stack, of links those of the layer, else the one head. Always single tokens and the exact float32 weights, nine digits, which read back to the
 * same number; NaN is `NaN`. `start` and `end` are UTF-16 offsets in the token's own sequence, equal for tokens without text.
 * Texts are the vocabulary's pieces as they are: a spreadsheet takes one such as `=1` for a formula, so import that column as text.
 */
export async function* csvChunks(input: FigureInput, spec: FigureSpec): AsyncGenerator<string> {
  const axes = axesOf(
    input,
    spec.view === 'overview' || spec.view === 'links' ? spec.stack : spec.at.stack,
    false,
  );
  yield `${columns.join(',')}\r\n`;
  for (const { layer, heads } of wanted(input, axes, spec)) {
    input.signal?.throwIfAborted();
    const weights = await input.exact(axes.stack.name, layer);
    for (const head of heads) yield* headRows(axes, layer, head, weights);
  }
}

interface WantedLayer {
  readonly layer: number;
  readonly heads: readonly number[];
}

function wanted(input: FigureInput, { stack }: Axes, spec: FigureSpec): readonly WantedLayer[] {
  const all = stack.heads.map((count, layer) => ({
    layer,
    heads: Array.from({ length: count }, (_, head) => head),
  }));
  if (spec.view === 'overview') return all;
  const chosen = spec.view === 'links' ? spec : { layer: spec.at.layer, heads: [spec.at.head] };
  const model = input.overview.model.reference;
  checkPlace(model, 'layer', chosen.layer, stack.heads.length);
  for (const head of chosen.heads) checkPlace(model, 'head', head, stack.heads[chosen.layer] ?? 0);
  return [chosen];
}

/** A chunk a query. */
function* headRows(
  { stack, queries, keys }: Axes,
  layer: number,
  head: number,
  weights: Float32Array,
): Generator<string> {
  const count = { queries: queries.tokens.pieces.length, keys: keys.tokens.pieces.length };
  const keyTexts = keys.tokens.pieces.map(quoted);
  for (let query = 0; query < count.queries; query++) {
    const { offsets } = queries.tokens;
    const from = (head * count.queries + query) * count.keys;
    const text = quoted(queries.tokens.pieces[query] ?? '');
    let rows = '';
    for (let key = 0; key < count.keys; key++) {
      const place = `${offsets[2 * query] ?? 0},${offsets[2 * query + 1] ?? 0},${keys.tokens.offsets[2 * key] ?? 0},${keys.tokens.offsets[2 * key + 1] ?? 0}`;
      rows += `${stack.name},${layer},${head},${query},${key},${text},${keyTexts[key] ?? ''},${place},${digits(weights[from + key] ?? NaN)}\r\n`;
    }
    yield rows;
  }
}

/** The shortest of nine significant digits. */
function digits(weight: number): string {
  return String(Number(weight.toPrecision(9)));
}

function quoted(text: string): string {
  return `"${replaceLoneSurrogates(text).replaceAll('"', '""')}"`;
}
