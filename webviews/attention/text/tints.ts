import { entryOf, toHex } from '../../../src/shared/attentionColors.ts';
import type { Disposable } from '../../../src/shared/disposable.ts';
import type { ColorTable, Palettes } from '../../common/palettes.ts';
import type { Theme } from '../../common/theme.ts';

/** Steps of a tint from nothing to the strongest. */
export const tintLevels = 24;

/** Name of the highlight of a share of -1..1 (of 0..1 where nothing is negative); undefined: too weak to be seen. */
export function tintName(kind: 'weight' | 'difference', share: number): string | undefined {
  const level = Math.round(Math.min(1, Math.abs(share)) * tintLevels);
  // A twelfth of the strongest is no more than a stain on the page.
  if (level < 2 || Number.isNaN(share)) return undefined;
  return kind === 'weight' ? `loupe-weight-${level}` : `loupe-${share < 0 ? 'below' : 'above'}-${level}`;
}

/**
 * The style rules of all tints, as CSS Custom Highlights: a passage of any length is one text node, selectable, and wraps
 * as text does. Follows the theme.
 */
export class TintStyles implements Disposable {
  readonly #sheet = new CSSStyleSheet();
  #palettes: Palettes | undefined;

  constructor() {
    document.adoptedStyleSheets.push(this.#sheet);
  }

  update(palettes: Palettes, theme: Theme): void {
    if (palettes === this.#palettes) return;
    this.#palettes = palettes;
    const rules: string[] = [];
    for (let level = 2; level <= tintLevels; level += 1) {
      const share = level / tintLevels;
      rules.push(
        rule(`weight-${level}`, palettes.sequential, Math.round(share * 255), theme),
        rule(`below-${level}`, palettes.diverging, 128 - Math.round(share * 127), theme),
        rule(`above-${level}`, palettes.diverging, 128 + Math.round(share * 127), theme),
      );
    }
    rules.push(
      `::highlight(loupe-chosen) { text-decoration: underline 3px ${theme.accent}; }`,
      `::highlight(loupe-marked) { text-decoration: underline 1px ${theme.foreground}; }`,
      // Where colour must not be all there is, the strongest quarter is underlined too.
      theme.isHighContrast ? strongUnderlines : '',
    );
    this.#sheet.replaceSync(rules.join('\n'));
  }

  dispose(): void {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== this.#sheet);
  }
}

const strongUnderlines = Array.from({ length: Math.ceil(tintLevels / 4) }, (_, index) => {
  const level = tintLevels - index;
  return `::highlight(loupe-weight-${level}), ::highlight(loupe-above-${level}), ::highlight(loupe-below-${level}) { text-decoration: underline dotted 2px; }`;
}).join('\n');

function rule(name: string, table: ColorTable, entry: number, { kind }: Theme): string {
  const color = entryOf(table, Math.min(255, entry));
  const [red, green, blue] = color.map((part) => (part / 255) ** 2.2) as [number, number, number];
  const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  // From a luminance of 0.18 on, black stands out more than white; the theme's own text colour serves as long as it can.
  const isStrong = kind === 'light' ? luminance < 0.45 : luminance > 0.12;
  const text = isStrong ? `color: ${luminance > 0.18 ? '#000' : '#fff'};` : '';
  return `::highlight(loupe-${name}) { background-color: ${toHex(color)}; ${text} }`;
}

/** Ranges of one passage in the document's highlights, which all passages share. */
export class Tinted implements Disposable {
  readonly #ranges = new Map<string, AbstractRange[]>();

  /** Replaces this passage's ranges. */
  set(ranges: ReadonlyMap<string, readonly AbstractRange[]>): void {
    this.dispose();
    for (const [name, list] of ranges) {
      const highlight = CSS.highlights.get(name) ?? new Highlight();
      // The marks lie over the tints.
      highlight.priority = name === 'loupe-chosen' ? 2 : name === 'loupe-marked' ? 1 : 0;
      for (const range of list) highlight.add(range);
      CSS.highlights.set(name, highlight);
      this.#ranges.set(name, [...list]);
    }
  }

  dispose(): void {
    for (const [name, list] of this.#ranges) {
      const highlight = CSS.highlights.get(name);
      for (const range of list) highlight?.delete(range);
      if (highlight?.size === 0) CSS.highlights.delete(name);
    }
    this.#ranges.clear();
  }
}
