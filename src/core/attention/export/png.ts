import { readFile } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { initWasm, Resvg } from '@resvg/resvg-wasm';
import { LoupeError } from '../../../shared/errors.ts';
import { replaceLoneSurrogates } from '../../text/surrogates.ts';
import type { Figure } from './figure.ts';

/** A picture of so many pixels takes 400 MB while it is made. */
const mostPixels = 100_000_000;

/**
 * A figure's SVG as PNG, `scale` pixels to a CSS pixel. Title, description, software and facts are iTXt chunks (PNG 3rd edition,
 * 11.3.3.4), resolution is 96 dpi times the scale. Throws LoupeError `arguments-invalid` for more than a hundred million pixels.
 */
export async function renderPng(
  figure: Figure,
  svg: string,
  scale: number,
  rasterizer: string,
): Promise<Uint8Array> {
  const [width, height] = [Math.round(figure.width * scale), Math.round(figure.height * scale)];
  if (!(scale > 0) || width * height > mostPixels)
    throw new LoupeError('arguments-invalid', {
      reason: `At scale ${scale} the picture would have ${width} x ${height} pixels; at most ${mostPixels / 1e6} million are drawn. Choose a smaller scale, or SVG.`,
    });
  await loadRasterizer(rasterizer);
  const drawing = new Resvg(svg, { fitTo: { mode: 'zoom', value: scale }, font: { loadSystemFonts: false } });
  try {
    const image = drawing.render();
    const png = image.asPng();
    image.free();
    return withChunks(png, [
      density(scale),
      ...Object.entries({ Title: figure.title, Description: figure.description, Software: 'Loupe' }).map(
        internationalText,
      ),
      ...figure.facts.map(({ name, value }) => internationalText([`Loupe ${name}`, value])),
    ]);
  } finally {
    drawing.free();
  }
}

/** The library holds one instance in a thread and says so when it is there already; there is no way to ask it. */
async function loadRasterizer(file: string): Promise<void> {
  try {
    await initWasm(await readFile(file));
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('Already initialized'))) throw error;
  }
}

/** The chunks stand behind the header, which is the first chunk and 25 bytes long after the signature of 8. */
function withChunks(png: Uint8Array, chunks: readonly Uint8Array[]): Uint8Array {
  const header = 8 + 25;
  return Buffer.concat([png.subarray(0, header), ...chunks, png.subarray(header)]);
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  framed.set(body, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

function internationalText([keyword, text]: readonly [string, string]): Uint8Array {
  // Keyword, NUL, not compressed (two bytes), no language, no translated keyword.
  return chunk(
    'iTXt',
    Buffer.concat([Buffer.from(`${keyword}\0\0\0\0\0`, 'latin1'), Buffer.from(replaceLoneSurrogates(text))]),
  );
}

function density(scale: number): Uint8Array {
  const data = Buffer.alloc(9);
  const perMetre = Math.round((96 * scale) / 0.0254);
  data.writeUInt32BE(perMetre, 0);
  data.writeUInt32BE(perMetre, 4);
  data.writeUInt8(1, 8);
  return chunk('pHYs', data);
}
