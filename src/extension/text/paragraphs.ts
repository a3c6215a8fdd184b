import type { TextSpan } from '../../shared/textSpan.ts';

const blank = /^\s*$/;
const heading = /^\s{0,3}#{1,6}\s/;
const fence = /^\s{0,3}(?:```|~~~)/;
const rule = /^\s{0,3}(?:-{3,}|\*{3,}|_{3,}|={3,})\s*$/;
const listItem = /^\s*(?:[-*+]|\d{1,9}[.)])\s+/;
const quote = /^\s*>\s?/;

/**
 * Paragraphs of a text as UTF-16 spans without surrounding white space: lines in a row that are not blank. In
 * Markdown, a heading, a line of `isolated`, and each list item stand for themselves, markers left out; rules and
 * fences belong to none.
 */
export function findParagraphs(
  text: string,
  options: { readonly markdown: boolean; readonly isolated?: (line: string) => boolean },
): TextSpan[] {
  const found: TextSpan[] = [];
  let open: { start: number; end: number } | undefined;
  const close = () => {
    if (open !== undefined && open.end > open.start) found.push(open);
    open = undefined;
  };
  for (const line of linesOf(text)) {
    const end = line.start + line.text.trimEnd().length;
    if (blank.test(line.text)) {
      close();
    } else if (!options.markdown) {
      open = { start: open?.start ?? line.start + leading(line.text), end };
    } else if (rule.test(line.text) || fence.test(line.text)) {
      close();
    } else if (heading.test(line.text) || options.isolated?.(line.text) === true) {
      close();
      open = { start: line.start + markers(line.text), end };
      close();
    } else {
      if (listItem.test(line.text)) close();
      open = { start: open?.start ?? line.start + markers(line.text), end };
    }
  }
  close();
  return found;
}

/** The paragraph on the caret's line, markers and indentation included. */
export function paragraphAt(
  paragraphs: readonly TextSpan[],
  text: string,
  offset: number,
): TextSpan | undefined {
  const lineStart = offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
  const nextBreak = text.indexOf('\n', offset);
  const lineEnd = nextBreak === -1 ? text.length : nextBreak;
  return paragraphs.find((span) => span.start <= lineEnd && span.end >= lineStart);
}

interface Line {
  readonly start: number;
  readonly text: string;
}

/** Lines with their offsets, without their breaks (LF, CRLF, CR). */
export function* linesOf(text: string): Generator<Line> {
  const breaks = /\r\n|\n|\r/g;
  let start = 0;
  for (let match = breaks.exec(text); match !== null; match = breaks.exec(text)) {
    yield { start, text: text.slice(start, match.index) };
    start = match.index + match[0].length;
  }
  yield { start, text: text.slice(start) };
}

function leading(line: string): number {
  return line.length - line.trimStart().length;
}

/** Length of indentation, quote, heading and list markers at a line's start. "## 1. Title" is no list. */
function markers(line: string): number {
  let rest = line.replace(quote, '');
  rest = heading.test(rest) ? rest.replace(heading, '') : rest.replace(listItem, '');
  return line.length - rest.trimStart().length;
}
