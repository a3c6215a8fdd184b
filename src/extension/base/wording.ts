/** Translates an English literal and fills its `{name}` places; `vscode.l10n.t` in the editor. */
export type Translate = (message: string, details?: Record<string, string | number>) => string;

/** How text for people is written: their language's words and their locale's numbers. */
export interface Wording {
  readonly t: Translate;
  /** A BCP 47 tag, e.g. `en` or `pt-br`. */
  readonly locale: string;
}

/** A score with two digits; with more where two would read as a plain 0 or 1 (0.9987, 0.0012). */
export function formatScore(score: number, { locale }: Wording): string {
  const isNearEnd = (score > 0 && score < 0.005) || (score < 1 && score >= 0.995);
  const digits = isNearEnd ? 4 : 2;
  return new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: digits }).format(
    score,
  );
}

export function formatMs(ms: number, { locale }: Wording): string {
  const rounded = ms < 10 ? Math.round(ms * 10) / 10 : Math.round(ms);
  return `${new Intl.NumberFormat(locale).format(rounded)} ms`;
}

/** Bytes as megabytes, the unit of model files: `22.9 MB`, `431 MB`. */
export function formatBytes(bytes: number, { locale }: Wording): string {
  const megabytes = bytes / 1e6;
  const digits = megabytes < 100 ? 1 : 0;
  return `${new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(megabytes)} MB`;
}

/** Text on one line, at most `limit` UTF-16 units, cut between code points and marked with an ellipsis. */
export function snippet(text: string, limit = 60): string {
  const line = text.replace(/\s+/gu, ' ').trim();
  if (line.length <= limit) return line;
  const cut = line.slice(0, limit - 1);
  return `${/[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}
