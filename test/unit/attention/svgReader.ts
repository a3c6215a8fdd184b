import assert from 'node:assert/strict';
import { DOMParser, type Document, type Element } from '@xmldom/xmldom';

/** Parses strictly: whatever is not well-formed XML throws. */
export function parseSvg(content: Buffer): Document {
  const onError = (level: string, message: string): void => assert.fail(`${level}: ${message}`);
  return new DOMParser({ onError }).parseFromString(content.toString(), 'image/svg+xml');
}

export interface SvgGrid {
  readonly x: number;
  readonly y: number;
  readonly cell: number;
  /** Colour of [row, column] as #rrggbb; absent: the background. */
  readonly colors: ReadonlyMap<string, string>;
}

/** Every grid of cells in the file, read back from its paths. */
export function gridsOf(document: Document): readonly SvgGrid[] {
  return Array.from(document.getElementsByTagName('g'))
    .filter((group) => group.getAttribute('shape-rendering') === 'crispEdges')
    .map(gridOf);
}

function gridOf(group: Element): SvgGrid {
  const [, x, y, cell] = /^translate\((\S+) (\S+)\) scale\((\S+)\)$/.exec(
    group.getAttribute('transform') ?? '',
  )!;
  const colors = new Map<string, string>();
  for (const path of Array.from(group.getElementsByTagName('path'))) {
    const fill = path.getAttribute('fill')!;
    const d = path.getAttribute('d')!;
    assert.match(d, /^(m-?\d+ -?\d+h\d+v1h-\d+z)+$/);
    let [row, column] = [0, 0];
    for (const [, dx, dy, length, back] of d.matchAll(/m(-?\d+) (-?\d+)h(\d+)v1h-(\d+)z/g)) {
      assert.equal(length, back);
      row += Number(dy);
      column += Number(dx);
      for (let step = 0; step < Number(length); step++) {
        const place = `${row},${column + step}`;
        assert.ok(!colors.has(place), `cell ${place} is drawn twice`);
        colors.set(place, fill);
      }
    }
  }
  return { x: Number(x), y: Number(y), cell: Number(cell), colors };
}
