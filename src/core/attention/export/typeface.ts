import { readFile } from 'node:fs/promises';
import { create, type Font } from 'fontkit';
import { LoupeError } from '../../../shared/errors.ts';

/** Where a glyph of a text stands, in units of the font's size. */
export interface PlacedGlyph {
  readonly id: number;
  readonly x: number;
  readonly y: number;
}
export interface ShapedText {
  readonly glyphs: readonly PlacedGlyph[];
  readonly width: number;
}

/** The font of figures: measures, shapes and outlines texts, and remembers which characters it has no glyph for. */
export class Typeface {
  readonly #font: Font;
  readonly #shaped = new Map<string, ShapedText>();
  readonly #missing = new Set<number>();

  constructor(font: Font) {
    this.#font = font;
  }

  /** Code points without a glyph in all texts so far; the font's box stands in their place. */
  get missing(): ReadonlySet<number> {
    return this.#missing;
  }

  /** Glyphs in the order they are drawn, with ligatures, and scripts from right to left turned round. */
  shape(text: string): ShapedText {
    const known = this.#shaped.get(text);
    if (known !== undefined) return known;
    // Asked of the text: fontkit gives all missing glyphs of a run the code point of the first.
    for (const character of text) this.#note(character);
    const { glyphs, positions } = this.#font.layout(text);
    const em = this.#font.unitsPerEm;
    const placed: PlacedGlyph[] = [];
    let x = 0;
    for (const [index, glyph] of glyphs.entries()) {
      const position = positions[index];
      if (position === undefined) continue;
      placed.push({ id: glyph.id, x: (x + position.xOffset) / em, y: position.yOffset / em });
      x += position.xAdvance;
    }
    const shaped = { glyphs: placed, width: x / em };
    this.#shaped.set(text, shaped);
    return shaped;
  }

  #note(character: string): void {
    const codePoint = character.codePointAt(0) ?? 0;
    // Joiners and variation selectors are not drawn.
    if (!/\p{Default_Ignorable_Code_Point}/u.test(character) && !this.#font.hasGlyphForCodePoint(codePoint))
      this.#missing.add(codePoint);
  }

  widthOf(text: string, size: number): number {
    return this.shape(text).width * size;
  }

  /** A glyph's outline as SVG path data, y up, 2048 (`unitsPerEm`) units to the font's size. */
  outline(id: number): string {
    return this.#font.getGlyph(id).path.toSVG();
  }

  get unitsPerEm(): number {
    return this.#font.unitsPerEm;
  }
}

/** Reads a TrueType file. Throws LoupeError `internal` when it holds a collection: the font is ours. */
export async function openTypeface(file: string): Promise<Typeface> {
  const font = create(await readFile(file));
  if ('fonts' in font) throw new LoupeError('internal', { reason: `${file} is a collection of fonts` });
  return new Typeface(font);
}
