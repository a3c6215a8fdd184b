import type { Rgb } from '../../src/shared/attentionColors.ts';
import {
  divergingColors,
  headColor,
  sequentialColors,
  themeBackgrounds,
} from '../../src/shared/attentionColors.ts';
import type { Theme } from './theme.ts';

/** 256 colours, four bytes each (RGBA). */
export type ColorTable = Uint8ClampedArray;

/** Colours of pictures in one theme. */
export interface Palettes {
  /** From the background (0) to the strongest weight. */
  readonly sequential: ColorTable;
  /** The background in the middle, blue below, orange above. */
  readonly diverging: ColorTable;
  readonly head: (head: number) => string;
}

export function createPalettes(theme: Theme): Palettes {
  const background = toRgb(theme.background) ?? themeBackgrounds[theme.kind];
  return {
    sequential: sequentialColors(background),
    diverging: divergingColors(background),
    head: (head) => headColor(theme.kind, head),
  };
}

/** Any CSS colour as numbers, as the browser understands it; undefined when it is none. */
function toRgb(color: string): Rgb | undefined {
  const context = document.createElement('canvas').getContext('2d');
  if (!context || !CSS.supports('color', color)) return undefined;
  context.fillStyle = color;
  context.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
  return [red, green, blue];
}
