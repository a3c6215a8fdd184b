import type { TextSpan } from '../../shared/textSpan.ts';
import { endsWithAbbreviation } from './abbreviations.ts';
import { joinWrappedLines } from './lineBreaks.ts';

/**
 * Characters given to Intl.Segmenter at once. V8 copies the rest of the string at every step, so that one call over
 * 1 MB takes minutes (measured 193 s on Node 20); over pieces of this size it takes about a second.
 */
const pieceLength = 2048;

/** A letter, a number or a picture. What has none ("_).", "---") is no sentence: a model would label it all the same. */
const saysSomething = /[\p{L}\p{N}\p{Extended_Pictographic}]/u;

/**
 * The sentences of `text`, in order, without the white space around them; spans of `text` in UTF-16 units.
 * Boundaries are those of Intl.Segmenter (Unicode's UAX 29) for `language` (BCP 47; an unknown one counts as English)
 * on text whose wrapped lines were joined and whose Markdown markers were blanked (`joinWrappedLines`), and without
 * those after titles and initials (`endsWithAbbreviation`). Punctuation alone belongs to the sentence before it on its
 * line, and is left out on a line of its own. What remains of Intl's limits: an abbreviation outside that
 * list ends a sentence when a capital follows ("at 3 p.m. They").
 */
export function sentenceSpans(text: string, language = 'en'): TextSpan[] {
  const plain = joinWrappedLines(text);
  const spans: TextSpan[] = [];
  let start: number | undefined;
  for (const segment of segments(plain, segmenterFor(language))) {
    start ??= segment.start;
    const content = plain.slice(segment.start, segment.end);
    // A line break always ends a sentence here: those inside sentences are spaces by now.
    if (endsWithAbbreviation(content) && !/[\n\r\u0085\u2028\u2029]\s*$/.test(content)) continue;
    addTrimmed(spans, plain, start, segment.end);
    start = undefined;
  }
  if (start !== undefined) addTrimmed(spans, plain, start, plain.length);
  return spans;
}

function addTrimmed(spans: TextSpan[], text: string, start: number, end: number): void {
  const content = text.slice(start, end);
  const trimmed = content.trimStart();
  if (trimmed === '') return;
  const from = start + content.length - trimmed.length;
  const to = from + trimmed.trimEnd().length;
  if (saysSomething.test(trimmed)) {
    spans.push({ start: from, end: to });
    return;
  }
  const previous = spans.at(-1);
  if (previous && !/[\n\r]/.test(text.slice(previous.end, from))) {
    spans[spans.length - 1] = { start: previous.start, end: to };
  }
}

function segmenterFor(language: string): Intl.Segmenter {
  const known = Intl.Segmenter.supportedLocalesOf(isLanguageTag(language) ? language : 'en');
  return new Intl.Segmenter(known.length > 0 ? known : 'en', { granularity: 'sentence' });
}

function isLanguageTag(language: string): boolean {
  return /^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/.test(language);
}

/** Segments of the whole text, found piece by piece: a piece's last segment may go on, so the next piece starts there. */
function* segments(text: string, segmenter: Intl.Segmenter): Generator<TextSpan> {
  let from = 0;
  let length = pieceLength;
  const space = /\s*/y;
  while (from < text.length) {
    // Thousands of empty lines are as many segments.
    space.lastIndex = from;
    space.exec(text);
    from = space.lastIndex;
    const piece = text.slice(from, from + length);
    const last = from + piece.length === text.length;
    let start = 0;
    for (const { index, segment } of segmenter.segment(piece)) {
      const end = index + segment.length;
      if (end === piece.length && !last) break;
      yield { start: from + index, end: from + end };
      start = end;
    }
    // A sentence longer than the piece: look at more of it.
    length = start === 0 ? 2 * length : pieceLength;
    from += start;
  }
}
