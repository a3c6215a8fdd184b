import type { Readable } from 'node:stream';
import PDFDocument from 'pdfkit';
import { entryOf, toHex } from '../../../shared/attentionColors.ts';
import { runsByEntry, type CellsItem, type Figure, type FigureItem, type TextItem } from './figure.ts';
import { short } from './svg.ts';
import type { Typeface } from './typeface.ts';

/**
 * A figure as a PDF of one page of its size, all vector; texts in a subset of the font, which is embedded, so they can be searched
 * and copied. Facts are entries of the document's information dictionary.
 */
export function renderPdf(figure: Figure, typeface: Typeface, fontFile: string): Readable {
  const { width, height, title, description, facts } = figure;
  const own = facts.map(({ name, value }) => [`Loupe_${name}`, value] as const);
  const document = new PDFDocument({
    size: [width, height],
    margin: 0,
    font: fontFile,
    lang: 'en',
    displayTitle: true,
    info: {
      Title: title,
      Subject: description,
      Creator: 'Loupe',
      Producer: 'Loupe (PDFKit)',
      ...Object.fromEntries(own),
    },
  });
  document.rect(0, 0, width, height).fill(toHex(figure.background));
  for (const item of figure.items) drawItem(document, item, typeface);
  document.end();
  return document;
}

type Document = InstanceType<typeof PDFDocument>;

function drawItem(document: Document, item: FigureItem, typeface: Typeface): void {
  switch (item.kind) {
    case 'rect':
      document.rect(item.x, item.y, item.width, item.height);
      if (item.fill !== undefined && item.stroke !== undefined)
        document.lineWidth(1).fillAndStroke(toHex(item.fill), toHex(item.stroke));
      else if (item.fill !== undefined) document.fill(toHex(item.fill));
      else if (item.stroke !== undefined) document.lineWidth(1).stroke(toHex(item.stroke));
      return;
    case 'line':
      document.moveTo(...item.from).lineTo(...item.to);
      document.lineWidth(item.width).strokeOpacity(item.opacity).stroke(toHex(item.stroke)).strokeOpacity(1);
      return;
    case 'text':
      drawText(document, item, typeface);
      return;
    case 'cells':
      drawCells(document, item);
  }
}

function drawText(document: Document, item: TextItem, typeface: Typeface): void {
  const width = typeface.widthOf(item.text, item.size);
  const shift = { start: 0, middle: -width / 2, end: -width }[item.anchor];
  document.save().translate(item.x, item.y);
  if (item.isUpright) document.rotate(-90);
  document.fontSize(item.size).fillColor(toHex(item.fill));
  document.text(item.text, shift, 0, { lineBreak: false, baseline: 'alphabetic' });
  document.restore();
}

/** One path a colour, written as operators at once: hundreds of thousands of calls for one rectangle each take seconds. */
function drawCells(document: Document, item: CellsItem): void {
  document.save().translate(item.x, item.y).scale(item.cell);
  for (const [entry, runs] of runsByEntry(item)) {
    document.fillColor(toHex(entryOf(item.colors, entry)));
    const path = runs.map(([row, column, length]) => `${short(column)} ${row} ${length} 1 re`);
    document.addContent(`${path.join('\n')}\nf`);
  }
  document.restore();
}
