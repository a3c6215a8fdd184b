import { entryOf, themeForegrounds, themeOf, type Rgb } from '../../../shared/attentionColors.ts';
import { weightAt } from '../../../shared/attentionMaps.ts';
import type { FigureSpec } from '../../../shared/attentionProtocol.ts';
import type { TokenGroup } from '../../../shared/attentionWords.ts';
import { axesOf, groupOfToken, headMap, type Axis } from './axes.ts';
import { colorBar } from './colorBar.ts';
import type { Figure } from './figure.ts';
import type { FigureInput } from './figureInput.ts';
import { Sheet } from './sheet.ts';
import type { Typeface } from './typeface.ts';

const width = 680;
const size = 14;
const lineHeight = 24;
const specialSize = 9;

/** The passage itself, each token tinted by what the chosen token attends to, or by how much it attends to the chosen one. */
export async function textFigure(
  input: FigureInput,
  spec: Extract<FigureSpec, { view: 'text' }>,
  typeface: Typeface,
): Promise<Figure> {
  const axes = axesOf(input, spec.at.stack, spec.words);
  const map = await headMap(input, axes, spec.at);
  const isFrom = spec.direction === 'from';
  const [own, other] = isFrom ? [axes.queries, axes.keys] : [axes.keys, axes.queries];
  const chosen = groupOfToken(input, own, spec.token);
  const weights = other.groups.map((_, index) =>
    isFrom ? weightAt(map, chosen, index) : weightAt(map, index, chosen),
  );
  const largest = weights.reduce((most, weight) => (weight > most ? weight : most), 0);
  const sheet = new Sheet(input, spec, typeface);
  const bottom = flow(
    sheet,
    other,
    weights,
    largest,
    own === other || axes.stack.name !== 'cross' ? chosen : undefined,
  );
  colorBar(sheet, sheet.left, bottom + 10, largest);
  const label = own.groups[chosen]?.label ?? '';
  return sheet.finish(
    sheet.left + width,
    bottom + 40,
    `${spec.at.stack} layer ${spec.at.layer}, head ${spec.at.head}: ${label}`,
    isFrom
      ? `What "${label}" (token ${spec.token}) attends to.`
      : `Who attends to "${label}" (token ${spec.token}).`,
  );
}

/** Lays the groups out as lines of text; returns the lower edge. */
function flow(
  sheet: Sheet,
  axis: Axis,
  weights: readonly number[],
  largest: number,
  chosen: number | undefined,
): number {
  let x = sheet.left;
  let y = sheet.top;
  for (const [index, group] of axis.groups.entries()) {
    const before = spaceBefore(axis, index);
    const shown = wordsOf(axis, group);
    const textSize = group.isSpecial ? specialSize : size;
    const wide = sheet.typeface.widthOf(shown, textSize);
    if (before === 'line') [x, y] = [sheet.left, y + lineHeight];
    else if (before === 'space') x += size * 0.32;
    if (x + wide > sheet.left + width && x > sheet.left) [x, y] = [sheet.left, y + lineHeight];
    const weight = weights[index] ?? NaN;
    const tint = entryOf(sheet.colors, largest > 0 && weight > 0 ? Math.round((weight / largest) * 255) : 0);
    const isChosen = index === chosen;
    sheet.items.push({
      kind: 'rect',
      x,
      y: y + 2,
      width: wide,
      height: lineHeight - 4,
      fill: tint,
      ...(isChosen && { stroke: sheet.foreground }),
    });
    sheet.text(x, y + lineHeight - 8, shown, { size: textSize, fill: readableOn(tint) });
    x += wide;
  }
  return y + lineHeight;
}

/** A group as it stands in the text (a tokenizer may have lowercased it), else by its label without the pieces' marks. */
function wordsOf({ texts }: Axis, { isSpecial, label, sequence, span }: TokenGroup): string {
  if (isSpecial) return label;
  const own = span && texts[sequence]?.slice(span.start, span.end).trim();
  return own === undefined || own === '' ? label.replace(/^·+/, '').replace(/^##/, '') : own;
}

/** Black or white, whichever is easier to read on a colour. */
function readableOn(color: Rgb): Rgb {
  return themeForegrounds[themeOf(color)];
}

/** What stands between a group and the one before it: by the text where it is known, else by the pieces' own marks. */
function spaceBefore({ groups, texts }: Axis, index: number): 'none' | 'space' | 'line' {
  const group = groups[index] as TokenGroup;
  const before = groups[index - 1];
  if (before === undefined) return 'none';
  if (before.sequence !== group.sequence || before.isSpecial || group.isSpecial) return 'space';
  const text = texts[group.sequence];
  if (text !== undefined && before.span !== undefined && group.span !== undefined) {
    // A leading space may belong to the token itself (byte-level vocabularies).
    const between =
      text.slice(before.span.end, group.span.start) + (/^\s+/.exec(text.slice(group.span.start))?.[0] ?? '');
    return between.includes('\n') ? 'line' : between === '' ? 'none' : 'space';
  }
  return group.label.startsWith('##') ? 'none' : 'space';
}
