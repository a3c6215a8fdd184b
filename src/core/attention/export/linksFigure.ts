import { headColor } from '../../../shared/attentionColors.ts';
import { weightAt } from '../../../shared/attentionMaps.ts';
import type { AttentionMap, FigureSpec } from '../../../shared/attentionProtocol.ts';
import { axesOf, groupOfToken, headMap } from './axes.ts';
import { parseHex } from './colorText.ts';
import type { Figure, LineItem } from './figure.ts';
import type { FigureInput } from './figureInput.ts';
import { labelSize, Sheet } from './sheet.ts';
import type { Typeface } from './typeface.ts';

const lineHeight = 15;
const span = 240;
const swatch = 9;

/** Two columns of tokens, queries left and keys right, with lines as strong as the weights, a colour for each head. */
export async function linksFigure(
  input: FigureInput,
  spec: Extract<FigureSpec, { view: 'links' }>,
  typeface: Typeface,
): Promise<Figure> {
  const axes = axesOf(input, spec.stack, spec.words);
  const sheet = new Sheet(input, spec, typeface);
  const [left, right] = [axes.queries.groups, axes.keys.groups];
  const x =
    sheet.left +
    sheet.widest(
      left.map(({ label }) => label),
      labelSize,
    ) +
    6;
  const y = sheet.top + 22;
  const chosen = spec.token === undefined ? undefined : groupOfToken(input, axes.queries, spec.token);
  const middle = (index: number): number => y + (index + 0.5) * lineHeight;
  for (const head of spec.heads) {
    const map = await headMap(input, axes, { stack: spec.stack, layer: spec.layer, head });
    const stroke = parseHex(headColor(spec.theme, head));
    for (const { query, key, weight } of strongest(map, spec, chosen))
      sheet.items.push(line([x, middle(query)], [x + span, middle(key)], weight, stroke));
  }
  for (const [index, { label, isSpecial }] of left.entries())
    sheet.text(x - 5, middle(index) + 4, label, {
      anchor: 'end',
      fill: isSpecial ? sheet.faint : sheet.foreground,
    });
  for (const [index, { label, isSpecial }] of right.entries())
    sheet.text(x + span + 5, middle(index) + 4, label, { fill: isSpecial ? sheet.faint : sheet.foreground });
  let legend = sheet.left;
  for (const head of spec.heads) {
    const fill = parseHex(headColor(spec.theme, head));
    sheet.items.push({ kind: 'rect', x: legend, y: sheet.top, width: swatch, height: swatch, fill });
    sheet.text(legend + swatch + 4, sheet.top + swatch, String(head), { size: 10 });
    legend += swatch + 14 + typeface.widthOf(String(head), 10);
  }
  const width =
    x +
    span +
    5 +
    sheet.widest(
      right.map(({ label }) => label),
      labelSize,
    );
  return sheet.finish(
    Math.max(width, legend),
    y + Math.max(left.length, right.length) * lineHeight,
    `${spec.stack} layer ${spec.layer}, ${spec.heads.length === 1 ? 'head' : 'heads'} ${shortList(spec.heads)}`,
    `Left attends to right: at most ${spec.topK} lines a token, weights from ${spec.threshold}.`,
  );
}

/** Heads in a row by their first and last. */
function shortList(heads: readonly number[]): string {
  const [first = 0] = heads;
  const isRow = heads.length > 2 && heads.every((head, index) => head === first + index);
  return isRow ? `${first} to ${first + heads.length - 1}` : heads.join(', ');
}

interface Link {
  readonly query: number;
  readonly key: number;
  readonly weight: number;
}

/** Of every row (or the chosen one) the `topK` largest weights at or above the threshold. */
function strongest(
  map: AttentionMap,
  { topK, threshold }: { readonly topK: number; readonly threshold: number },
  chosen: number | undefined,
): readonly Link[] {
  const links: Link[] = [];
  for (let query = chosen ?? 0; query < (chosen === undefined ? map.rows : chosen + 1); query++) {
    const row = Array.from({ length: map.columns }, (_, key) => ({
      query,
      key,
      weight: weightAt(map, query, key),
    }));
    links.push(
      ...row
        .filter(({ weight }) => weight > 0 && weight >= threshold)
        .sort((a, b) => b.weight - a.weight)
        .slice(0, topK),
    );
  }
  return links;
}

function line(
  from: readonly [number, number],
  to: readonly [number, number],
  weight: number,
  stroke: LineItem['stroke'],
): LineItem {
  const share = Math.min(1, weight);
  return { kind: 'line', from, to, stroke, width: 0.5 + 2.5 * share, opacity: Math.max(0.06, share) };
}
