import {
  applyChanges,
  rescueCandidates,
  shiftSpan,
  stretchSpan,
  type TextChange,
} from '../results/shiftSpan.ts';
import { blankQuestionLines } from '../text/questionLines.ts';
import type { TextSpan } from '../../shared/textSpan.ts';
import type { DocumentName } from '../results/run.ts';

/** The text of a panel's side in its document, moving with edits. */
export interface Passage {
  readonly document: DocumentName;
  /** What the model saw. Question lines of the document may stand as spaces in it. */
  readonly text: string;
  /** Where the text is, whatever became of it. */
  readonly place: TextSpan;
  /** Whether that very text stands there. */
  readonly isIntact: boolean;
}

export function passageAt(document: DocumentName, text: string, start: number): Passage {
  return { document, text, place: { start, end: start + text.length }, isIntact: true };
}

/**
 * The passage after one edit of its document: moved when the edit was elsewhere, no longer intact when it touched the
 * text, intact again when the text is back (undo). `content` gives the document's text after the edit.
 */
export function editedPassage(
  passage: Passage,
  changes: readonly TextChange[],
  content: () => string,
): Passage {
  const { place, isIntact, text } = passage;
  const shifted = isIntact ? applyChanges(place, changes, shiftSpan) : undefined;
  if (shifted !== undefined) return { ...passage, place: shifted };
  const stretched = applyChanges(place, changes, stretchSpan);
  const candidates = [...rescueCandidates(place, changes), startingAt(stretched.start, text)];
  const found = candidates.find((candidate) => isTextAt(content(), candidate.start, text));
  return { ...passage, place: found ?? stretched, isIntact: found !== undefined };
}

/** The passage in a document that was opened anew: where it was, else the nearest place that holds its text. */
export function foundPassage(passage: Passage, content: string): Passage {
  const { text, place } = passage;
  const start = isTextAt(content, place.start, text) ? place.start : nearest(content, text, place.start);
  if (start !== undefined) return { ...passage, place: startingAt(start, text), isIntact: true };
  const end = Math.min(place.end, content.length);
  return { ...passage, place: { start: Math.min(place.start, end), end }, isIntact: false };
}

/** Characters of the passage's text as a span of its document; undefined when the text is not there any more. */
export function inDocument({ place, isIntact, text }: Passage, span: TextSpan): TextSpan | undefined {
  if (!isIntact || span.start < 0 || span.end > text.length || span.start > span.end) return undefined;
  return { start: place.start + span.start, end: place.start + span.end };
}

/** A span of the document as characters of the passage's text, cut to it; undefined when it lies outside. */
export function inPassage({ place, isIntact }: Passage, span: TextSpan): TextSpan | undefined {
  if (!isIntact || span.end < place.start || span.start > place.end) return undefined;
  return {
    start: Math.max(span.start, place.start) - place.start,
    end: Math.min(span.end, place.end) - place.start,
  };
}

/** Whether a span of the document lies within the passage's place. */
export function covers({ place }: Passage, span: TextSpan): boolean {
  return place.start <= span.start && span.end <= place.end;
}

function isTextAt(content: string, start: number, text: string): boolean {
  const slice = content.slice(start, start + text.length);
  return slice === text || (slice.length === text.length && blankQuestionLines(slice) === text);
}

function nearest(content: string, text: string, start: number): number | undefined {
  const before = content.lastIndexOf(text, start);
  const after = content.indexOf(text, start);
  if (before < 0 || after < 0) return before < 0 && after < 0 ? undefined : Math.max(before, after);
  return start - before <= after - start ? before : after;
}

function startingAt(start: number, text: string): TextSpan {
  return { start, end: start + text.length };
}
