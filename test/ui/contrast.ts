type Rgba = readonly [red: number, green: number, blue: number, alpha: number];

/** A CSS colour as computed styles give it: rgb(...), rgba(...). */
const parse = (color: string): Rgba => {
  const [red = 0, green = 0, blue = 0, alpha = 1] = (color.match(/[\d.]+/g) ?? []).map(Number);
  return [red, green, blue, alpha];
};

const over = (top: Rgba, bottom: Rgba): Rgba => {
  const mix = (index: 0 | 1 | 2) => top[index] * top[3] + bottom[index] * (1 - top[3]);
  return [mix(0), mix(1), mix(2), 1];
};

/** Relative luminance, 0 to 1 (WCAG 2.2). */
const luminance = ([red, green, blue]: Rgba): number => {
  const [r = 0, g = 0, b = 0] = [red, green, blue]
    .map((channel) => channel / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};

/** Contrast ratio of WCAG 2.2 (1 to 21) of text on a half-transparent background over the editor's own. */
export const contrast = (text: string, background: string, editor: string): number => {
  const base = over(parse(background), parse(editor));
  const [light = 0, dark = 0] = [luminance(base), luminance(over(parse(text), base))].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
};
