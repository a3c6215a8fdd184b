/** sRGB, 0..255 each. */
export type Rgb = readonly [red: number, green: number, blue: number];
export type ThemeKind = 'light' | 'dark';

/** What figures are drawn on; the webview takes its own from VS Code's theme. */
export const themeBackgrounds: Readonly<Record<ThemeKind, Rgb>> = {
  light: [255, 255, 255],
  dark: [31, 31, 31],
};
export const themeForegrounds: Readonly<Record<ThemeKind, Rgb>> = {
  light: [31, 31, 31],
  dark: [230, 230, 230],
};

/** One hue to another on the way from the background to the strongest weight; every table also begins with the background. */
const sequentialStops: Readonly<Record<ThemeKind, readonly Rgb[]>> = {
  light: [
    [158, 202, 225],
    [49, 130, 189],
    [8, 58, 120],
    [10, 20, 50],
  ],
  dark: [
    [43, 76, 140],
    [44, 143, 163],
    [143, 209, 138],
    [255, 243, 160],
  ],
};
const divergingStops: Readonly<Record<ThemeKind, readonly [blue: Rgb, orange: Rgb]>> = {
  light: [
    [5, 80, 160],
    [179, 74, 0],
  ],
  dark: [
    [90, 170, 255],
    [255, 160, 60],
  ],
};

/** Whether dark things stand out on a background, by its OKLab lightness. */
export function themeOf(background: Rgb): ThemeKind {
  return toOklab(background)[0] > 0.6 ? 'light' : 'dark';
}

/**
 * Colours of weights: 256 RGBA entries from the background (0) to the strongest. Lightness in OKLab (Ottosson 2020) changes by the
 * same amount from each entry to the next, so equal steps look equal, and the order is seen without telling hues apart.
 */
export function sequentialColors(background: Rgb): Uint8ClampedArray {
  const stops = [background, ...sequentialStops[themeOf(background)]].map(toOklab);
  const table = new Uint8ClampedArray(256 * 4);
  const from = stops[0]?.[0] ?? 0;
  const to = stops.at(-1)?.[0] ?? 1;
  for (let entry = 0; entry < 256; entry++)
    write(table, entry, atLightness(stops, from + ((to - from) * entry) / 255));
  return table;
}

/**
 * Colours of differences: 256 RGBA entries; entry 128 + round(127 * d) is that of a difference d of -1..1. The background is in
 * the middle, blue below, orange above: a pair that all common kinds of colour blindness tell apart.
 */
export function divergingColors(background: Rgb): Uint8ClampedArray {
  const [blue, orange] = divergingStops[themeOf(background)].map(toOklab) as [Oklab, Oklab];
  const middle = toOklab(background);
  const table = new Uint8ClampedArray(256 * 4);
  for (let entry = 0; entry < 256; entry++) {
    const difference = Math.max(-1, (entry - 128) / 127);
    write(table, entry, mix(middle, difference < 0 ? blue : orange, Math.abs(difference)));
  }
  return table;
}

/**
 * Sixteen colours for heads, at least 3:1 against the theme's background. Chosen one after the other to be as far as possible
 * from all before in OKLab, as seen and as seen with protanopia and deuteranopia (Machado et al. 2009).
 */
const headColorTables: Readonly<Record<ThemeKind, readonly string[]>> = {
  light: [
    '#0270ef',
    '#f7511f',
    '#521616',
    '#9e358a',
    '#459b85',
    '#2a087e',
    '#3a571f',
    '#ad79cb',
    '#582dc0',
    '#593464',
    '#9c5955',
    '#fc5496',
    '#45961f',
    '#6c60b5',
    '#6b89f9',
    '#4e054c',
  ],
  dark: [
    '#0a73f3',
    '#ebf90c',
    '#f04a15',
    '#dcbffd',
    '#4da797',
    '#a644a0',
    '#e8af4f',
    '#7ffdd1',
    '#9293ed',
    '#a05c58',
    '#91cb9c',
    '#fedd9c',
    '#c58369',
    '#e98fc8',
    '#3f9015',
    '#7a57c9',
  ],
};

/** The colour of head `head` as #rrggbb; with more than sixteen heads they repeat. */
export function headColor(theme: ThemeKind, head: number): string {
  const colors = headColorTables[theme];
  return colors[head % colors.length] ?? colors[0] ?? '#808080';
}

export function toHex([red, green, blue]: Rgb): string {
  return `#${[red, green, blue].map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`;
}

/** The colour of an entry of a table. */
export function entryOf(table: Uint8ClampedArray, entry: number): Rgb {
  return [table[4 * entry] ?? 0, table[4 * entry + 1] ?? 0, table[4 * entry + 2] ?? 0];
}

type Oklab = readonly [lightness: number, a: number, b: number];

/** Stops are in order of lightness, up or down. */
function atLightness(stops: readonly Oklab[], lightness: number): Oklab {
  for (let stop = 1; stop < stops.length; stop++) {
    const before = stops[stop - 1] as Oklab;
    const after = stops[stop] as Oklab;
    const share = (lightness - before[0]) / (after[0] - before[0]);
    if (share <= 1 || stop === stops.length - 1) return mix(before, after, Math.min(1, share));
  }
  return stops[0] as Oklab;
}

function mix(from: Oklab, to: Oklab, share: number): Oklab {
  return [
    from[0] + (to[0] - from[0]) * share,
    from[1] + (to[1] - from[1]) * share,
    from[2] + (to[2] - from[2]) * share,
  ];
}

function write(table: Uint8ClampedArray, entry: number, color: Oklab): void {
  table.set([...toRgb(color), 255], 4 * entry);
}

function toOklab(color: Rgb): Oklab {
  const [r, g, b] = color.map((part) => {
    const c = part / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function toRgb([lightness, a, b]: Oklab): Rgb {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const linear = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  return linear.map((part) => {
    const c = Math.min(1, Math.max(0, part));
    return Math.round(255 * (c <= 0.0031308 ? 12.92 * c : 1.055 * c ** (1 / 2.4) - 0.055));
  }) as unknown as Rgb;
}
