/** Translates an English literal and fills its `{name}` places; `vscode.l10n.t` in the editor. */
export type Translate = (message: string, details?: Record<string, string | number>) => string;

/** How text for people is written: their language's words and their locale's numbers. */
export interface Wording {
  readonly t: Translate;
  /** A BCP 47 tag, e.g. `en` or `pt-br`. */
  readonly locale: string;
  /** The locale's way to write a number with so many digits after the point. */
  readonly digits: (least: number, most: number) => Intl.NumberFormat;
}

/** Making a number format takes 30 microseconds, using it less than one: each is made once. */
export function createWording(t: Translate, locale: string): Wording {
  const formats = new Map<string, Intl.NumberFormat>();
  const digits = (least: number, most: number): Intl.NumberFormat => {
    const key = `${least} ${most}`;
    const known = formats.get(key);
    if (known !== undefined) return known;
    const made = new Intl.NumberFormat(locale, { minimumFractionDigits: least, maximumFractionDigits: most });
    formats.set(key, made);
    return made;
  };
  return { t, locale, digits };
}

/** A score with two digits; with more where two would read as a plain 0 or 1 (0.9987, 0.0012). */
export function formatScore(score: number, { digits }: Wording): string {
  const isNearEnd = (score > 0 && score < 0.005) || (score < 1 && score >= 0.995);
  return digits(2, isNearEnd ? 4 : 2).format(score);
}

/** A score in two digits for narrow places. What is not quite 1 (or 0) is never shown as such: 0.9964 is 0.99. */
export function shortScore(score: number, { digits }: Wording): string {
  if (score > 0 && score < 0.005) return `<${digits(2, 2).format(0.01)}`;
  return digits(2, 2).format(score < 1 && score >= 0.995 ? 0.99 : score);
}

export function formatMs(ms: number, { digits }: Wording): string {
  return `${digits(0, ms < 10 ? 1 : 0).format(ms)} ms`;
}

/** Bytes as megabytes, the unit of model files: `22.9 MB`, `431 MB`. */
export function formatBytes(bytes: number, { digits }: Wording): string {
  const megabytes = bytes / 1e6;
  return `${digits(0, megabytes < 100 ? 1 : 0).format(megabytes)} MB`;
}

/** Text on one line, at most `limit` UTF-16 units, cut between code points and marked with an ellipsis. */
export function snippet(text: string, limit = 60): string {
  const line = text.replace(/\s+/gu, ' ').trim();
  if (line.length <= limit) return line;
  const cut = line.slice(0, limit - 1);
  return `${/[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}
