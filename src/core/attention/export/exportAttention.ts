import type { Exported, ExportParams } from '../../../shared/attentionProtocol.ts';
import type { TaskWarning } from '../../../shared/taskProtocol.ts';
import { buildFigure } from './buildFigure.ts';
import { csvChunks } from './csv.ts';
import type { FigureInput } from './figureInput.ts';
import { htmlChunks } from './html.ts';
import { npzStream } from './npz.ts';
import { renderPdf } from './pdf.ts';
import { renderPng } from './png.ts';
import { renderSvg } from './svg.ts';
import { openTypeface, type Typeface } from './typeface.ts';
import { writeWhole } from './outFile.ts';

type Chunks = AsyncIterable<Uint8Array | string>;

/**
 * Writes one export; the file is there as a whole or not at all. Warnings: `attention-glyphs` for characters that the font lacks (svg, pdf, png).
 * Throws LoupeErrors: `file-exists`, `export-unwritable`, `disk-full`, `attention-place-missing`, `arguments-invalid` (a png too large),
 * `cancelled`, and what pulling maps throws.
 */
export async function exportAttention(input: FigureInput, params: ExportParams): Promise<Exported> {
  const warnings: TaskWarning[] = [];
  const bytes = await writeWhole(
    params.file,
    params.overwrite,
    () => chunksOf(input, params, warnings),
    input.signal,
  );
  return { file: params.file, bytes, warnings };
}

async function chunksOf(
  input: FigureInput,
  { format, figure }: ExportParams,
  warnings: TaskWarning[],
): Promise<Chunks> {
  switch (format) {
    case 'html':
      return htmlChunks(input, figure);
    case 'csv':
      return csvChunks(input, figure);
    case 'npz':
      return npzStream(input);
    default:
  }
  const { assets } = input;
  const typeface = await openTypeface(assets.font);
  const drawn = await buildFigure(input, figure, typeface);
  const chunks = format === 'pdf' ? renderPdf(drawn, typeface, assets.font) : [renderSvg(drawn, typeface)];
  warnings.push(...glyphWarnings(typeface));
  if (format !== 'png' || !Array.isArray(chunks)) return toAsync(chunks);
  return toAsync([await renderPng(drawn, chunks.join(''), figure.scale, assets.rasterizer)]);
}

async function* toAsync(
  chunks: Iterable<Uint8Array | string> | Chunks,
): Chunks & AsyncGenerator<Uint8Array | string> {
  yield* chunks;
}

/** At most eight of the characters that have no glyph, and how many there are. */
function glyphWarnings({ missing }: Typeface): readonly TaskWarning[] {
  if (missing.size === 0) return [];
  const examples = Array.from(missing)
    .slice(0, 8)
    .map((codePoint) => String.fromCodePoint(codePoint))
    .join(' ');
  return [{ code: 'attention-glyphs', details: { count: missing.size, examples } }];
}
