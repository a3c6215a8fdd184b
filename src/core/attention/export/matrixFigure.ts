import { largestWeight } from '../../../shared/attentionMaps.ts';
import type { FigureSpec } from '../../../shared/attentionProtocol.ts';
import type { TokenGroup } from '../../../shared/attentionWords.ts';
import { axesOf, headMap } from './axes.ts';
import type { Figure } from './figure.ts';
import type { FigureInput } from './figureInput.ts';
import { colorBar } from './colorBar.ts';
import { cellsOf, hatchRows, labelSize, Sheet } from './sheet.ts';
import type { Typeface } from './typeface.ts';

/** Cells are this large at most, and smaller where a whole map would be longer than `longest`. */
const largestCell = 18;
const longest = 1400;
const smallestLabel = 2.2;

/** One head: a cell for every query (rows) and key (columns), labels on both sides, and the scale of colours. */
export async function matrixFigure(
  input: FigureInput,
  spec: Extract<FigureSpec, { view: 'matrix' }>,
  typeface: Typeface,
): Promise<Figure> {
  const axes = axesOf(input, spec.at.stack, spec.words);
  const map = await headMap(input, axes, spec.at);
  const sheet = new Sheet(input, spec, typeface);
  const cell = Math.min(largestCell, longest / Math.max(map.rows, map.columns, 1));
  const size = Math.min(labelSize, Math.max(smallestLabel, cell * 0.8));
  const rowLabels = labelled(axes.queries.groups, size, cell);
  const columnLabels = labelled(axes.keys.groups, size, cell);
  const x =
    sheet.left +
    sheet.widest(
      rowLabels.map(({ label }) => label),
      size,
    ) +
    5;
  const y =
    sheet.top +
    sheet.widest(
      columnLabels.map(({ label }) => label),
      size,
    ) +
    5;
  const largest = largestWeight(map);
  for (const { index, label, isSpecial } of rowLabels)
    sheet.text(x - 4, y + (index + 0.5) * cell + size * 0.35, label, {
      anchor: 'end',
      size,
      fill: isSpecial ? sheet.faint : sheet.foreground,
    });
  for (const { index, label, isSpecial } of columnLabels)
    sheet.text(x + (index + 0.5) * cell + size * 0.35, y - 4, label, {
      isUpright: true,
      size,
      fill: isSpecial ? sheet.faint : sheet.foreground,
    });
  sheet.items.push(
    cellsOf(map, largest, { x, y, cell, colors: sheet.colors }),
    ...hatchRows(map, x, y, cell, sheet.faint),
    {
      kind: 'rect',
      x,
      y,
      width: map.columns * cell,
      height: map.rows * cell,
      stroke: sheet.faint,
    },
  );
  const bottom = y + map.rows * cell;
  const barEnd = colorBar(sheet, x, bottom + 14, largest);
  return sheet.finish(
    Math.max(x + map.columns * cell, barEnd),
    bottom + 44,
    `${spec.at.stack} layer ${spec.at.layer}, head ${spec.at.head}`,
    `Rows attend to columns${spec.words ? ', by word' : ''}; ${map.rows} x ${map.columns}, layers and heads count from 0.`,
  );
}

/** Of long texts every k-th label, so that each has the room of its height. */
function labelled(
  groups: readonly TokenGroup[],
  size: number,
  cell: number,
): readonly (TokenGroup & { index: number })[] {
  const every = Math.max(1, Math.ceil(size / cell));
  return groups.map((group, index) => ({ ...group, index })).filter(({ index }) => index % every === 0);
}
