/** A list marker, quotation mark or heading sign at the start of a line of Markdown: `- `, `2) `, `> `, `## `. */
const lineMarker = /^[ \t]*(?:(?:[-*+•·>]|#{1,6}|\d{1,3}[.)]|\[[ xX]\])[ \t]+)+/;
/** A line that only draws: `---`, `====`, a code fence, a table's rule. */
const ruleLine = /^[ \t]*(?:[-=_*~#|:][ \t]*){3,}$|^[ \t]*(?:```|~~~).*$/;
const lowerStart = /^\s*\p{Ll}/u;
const openEnd = /[,\-–]\s*$/;

/** Lines shorter than this are taken as lines of their own, never as hard-wrapped prose. */
const wrapColumn = 60;

interface Line {
  readonly start: number;
  /** Without the line break. */
  readonly end: number;
  /** With the line break. */
  readonly next: number;
}

/**
 * `text` with the line structure made plain for a sentence splitter, every character in its place: Markdown markers and
 * drawn rules become spaces, and so do line breaks inside a sentence. A line break is inside a sentence when the next
 * line goes on in lower case, when the line ends with a comma or a hyphen, or when the paragraph is hard-wrapped (60
 * columns or more, and the next line's first word would not have fitted on any line but the last).
 */
export function joinWrappedLines(text: string): string {
  const parts: string[] = [];
  for (const paragraph of paragraphs(text)) {
    const wrapped = isHardWrapped(text, paragraph);
    paragraph.forEach((line, i) => {
      const content = text.slice(line.start, line.end);
      const marker = ruleLine.test(content) ? content.length : (lineMarker.exec(content)?.[0].length ?? 0);
      const following = paragraph[i + 1];
      const nextContent = following ? text.slice(following.start, following.end) : '';
      const joins =
        following !== undefined &&
        marker < content.length &&
        !lineMarker.test(nextContent) &&
        !ruleLine.test(nextContent) &&
        !/^#/.test(content.trimStart()) &&
        (openEnd.test(content) || lowerStart.test(nextContent) || wrapped);
      const lineBreak = text.slice(line.end, line.next);
      parts.push(' '.repeat(marker), content.slice(marker), joins ? ' '.repeat(lineBreak.length) : lineBreak);
    });
  }
  return parts.join('');
}

function isHardWrapped(text: string, paragraph: readonly Line[]): boolean {
  const width = paragraph.reduce((widest, line) => Math.max(widest, line.end - line.start), 0);
  if (paragraph.length < 2 || width < wrapColumn) return false;
  return paragraph.slice(0, -1).every((line, i) => {
    const next = paragraph[i + 1];
    const word = next ? (/\S+/.exec(text.slice(next.start, next.end))?.[0].length ?? 0) : 0;
    return line.end - line.start + 1 + word > width;
  });
}

/** Lines of `text`, grouped: a blank line is a group of its own. */
function* paragraphs(text: string): Generator<readonly Line[]> {
  let group: Line[] = [];
  for (const line of lines(text)) {
    if (text.slice(line.start, line.end).trim() !== '') {
      group.push(line);
      continue;
    }
    if (group.length > 0) yield group;
    group = [];
    yield [line];
  }
  if (group.length > 0) yield group;
}

function* lines(text: string): Generator<Line> {
  const lineBreak = /\r\n|[\n\r\u0085\u2028\u2029]/g;
  let start = 0;
  for (let match = lineBreak.exec(text); match; match = lineBreak.exec(text)) {
    yield { start, end: match.index, next: lineBreak.lastIndex };
    start = lineBreak.lastIndex;
  }
  if (start < text.length) yield { start, end: text.length, next: text.length };
}
