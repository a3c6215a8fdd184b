import { entryOf, toHex } from '../../../shared/attentionColors.ts';
import {
  runsByEntry,
  type CellsItem,
  type Fact,
  type Figure,
  type FigureItem,
  type TextItem,
} from './figure.ts';
import type { Typeface } from './typeface.ts';
import { escapeXml } from './xml.ts';

/**
 * A figure as SVG 1.1. Texts are outlines (the same in every viewer, with no font to install) under an `aria-label`; cells are
 * one path a colour, runs merged, the background left out, crisp at every zoom. Title, description and RDF metadata
 * (Dublin Core, and Loupe's own facts).
 */
export function renderSvg(figure: Figure, typeface: Typeface): string {
  const glyphs = new Set<number>();
  const body = figure.items.map((item) => drawItem(item, typeface, glyphs));
  const { width, height } = figure;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>\n',
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" role="img" aria-labelledby="title description" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">\n`,
    `<title id="title">${escapeXml(figure.title)}</title>\n<desc id="description">${escapeXml(figure.description)}</desc>\n`,
    metadata(figure),
    `<defs>${Array.from(glyphs, (id) => `<path id="g${id}" d="${typeface.outline(id)}"/>`).join('')}</defs>\n`,
    `<rect width="${width}" height="${height}" fill="${toHex(figure.background)}"/>\n`,
    ...body,
    '</svg>\n',
  ].join('');
}

function metadata({ title, description, facts }: Figure): string {
  const own = ({ name, value }: Fact): string => `<loupe:${name}>${escapeXml(value)}</loupe:${name}>`;
  return [
    '<metadata><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:loupe="urn:loupe:attention"><rdf:Description rdf:about="">',
    `<dc:title>${escapeXml(title)}</dc:title><dc:description>${escapeXml(description)}</dc:description><dc:creator>Loupe</dc:creator>`,
    ...facts.map(own),
    '</rdf:Description></rdf:RDF></metadata>\n',
  ].join('');
}

function drawItem(item: FigureItem, typeface: Typeface, glyphs: Set<number>): string {
  switch (item.kind) {
    case 'rect': {
      const fill = item.fill === undefined ? 'none' : toHex(item.fill);
      const stroke = item.stroke === undefined ? '' : ` stroke="${toHex(item.stroke)}"`;
      return `<rect x="${short(item.x)}" y="${short(item.y)}" width="${short(item.width)}" height="${short(item.height)}" fill="${fill}"${stroke}/>\n`;
    }
    case 'line':
      return `<path d="M${short(item.from[0])} ${short(item.from[1])}L${short(item.to[0])} ${short(item.to[1])}" stroke="${toHex(item.stroke)}" stroke-width="${short(item.width)}" stroke-opacity="${short(item.opacity)}"/>\n`;
    case 'text':
      return drawText(item, typeface, glyphs);
    case 'cells':
      return drawCells(item);
  }
}

/** The grid's own units: a cell is 1 by 1, so that paths are whole numbers. */
function drawCells(item: CellsItem): string {
  const paths = Array.from(runsByEntry(item), ([entry, runs]) => {
    let [atRow, atColumn] = [0, 0];
    let path = '';
    for (const [row, column, length] of runs) {
      path += `m${column - atColumn} ${row - atRow}h${length}v1h-${length}z`;
      // Closing a path takes the pen back to where the run began.
      [atRow, atColumn] = [row, column];
    }
    return `<path fill="${toHex(entryOf(item.colors, entry))}" d="${path}"/>`;
  });
  return `<g shape-rendering="crispEdges" transform="translate(${short(item.x)} ${short(item.y)}) scale(${item.cell})">${paths.join('\n')}</g>\n`;
}

function drawText(item: TextItem, typeface: Typeface, glyphs: Set<number>): string {
  const { glyphs: placed, width } = typeface.shape(item.text);
  const shift = { start: 0, middle: -width / 2, end: -width }[item.anchor];
  const em = typeface.unitsPerEm;
  const scale = item.size / em;
  const uses = placed.map(({ id, x, y }) => {
    glyphs.add(id);
    const up = y === 0 ? '' : ` y="${Math.round(y * em)}"`;
    return `<use xlink:href="#g${id}" x="${Math.round((x + shift) * em)}"${up}/>`;
  });
  const turn = item.isUpright ? ' rotate(-90)' : '';
  return `<g role="img" aria-label="${escapeXml(item.text)}" fill="${toHex(item.fill)}" transform="translate(${short(item.x)} ${short(item.y)})${turn} scale(${scale.toPrecision(4)} -${scale.toPrecision(4)})">${uses.join('')}</g>\n`;
}

/** At most two decimals: a fiftieth of a pixel. */
export function short(value: number): string {
  return String(Math.round(value * 100) / 100);
}
