import type { TextSpan } from '../../shared/textSpan.ts';

/** One replacement in a document: `removed` units from `start` gave way to `inserted` units (UTF-16). */
export interface TextChange {
  readonly start: number;
  readonly removed: number;
  readonly inserted: number;
}

/**
 * Where a span lies after a change, or undefined when the change touched the span's own text.
 * Text put in right before or right after the span leaves it alone.
 */
export function shiftSpan(span: TextSpan, change: TextChange): TextSpan | undefined {
  const changeEnd = change.start + change.removed;
  if (changeEnd <= span.start) return moved(span, change.inserted - change.removed);
  return change.start >= span.end ? span : undefined;
}

/** Like `shiftSpan`, but a span whose own text changed grows or shrinks with it: it says where, not what. */
export function stretchSpan(span: TextSpan, change: TextChange): TextSpan {
  const shifted = shiftSpan(span, change);
  if (shifted !== undefined) return shifted;
  const changeEnd = change.start + change.removed;
  const delta = change.inserted - change.removed;
  return { start: Math.min(span.start, change.start), end: Math.max(span.end, changeEnd) + delta };
}

/**
 * Applies the changes of one edit. Their places are those before the edit and do not overlap, as in VS Code's
 * `contentChanges`; from the end to the start none of them moves another.
 */
export function applyChanges<S extends TextSpan | undefined>(
  span: TextSpan,
  changes: readonly TextChange[],
  apply: (span: TextSpan, change: TextChange) => S,
): S | TextSpan {
  let current: S | TextSpan = span;
  for (const change of [...changes].sort((a, b) => b.start - a.start)) {
    if (current === undefined) break;
    current = apply(current, change);
  }
  return current;
}

/**
 * Where a span's text may still be although a change reached over it: an editor that reads a file anew, or formats it,
 * replaces whole lines. Counted from the replacement's start, and from its end; the caller compares the texts.
 */
export function rescueCandidates(span: TextSpan, changes: readonly TextChange[]): TextSpan[] {
  const touching = changes.find((change) => shiftSpan(span, change) === undefined);
  if (touching === undefined) return [];
  const before = changes.filter((change) => change !== touching && change.start < touching.start);
  const shift = before.reduce((sum, { inserted, removed }) => sum + inserted - removed, 0);
  const start = touching.start + shift;
  const end = start + touching.inserted;
  const fromStart = moved(span, shift);
  const fromEnd = moved(fromStart, touching.inserted - touching.removed);
  return [fromStart, fromEnd].filter((place) => place.start >= start && place.end <= end);
}

function moved(span: TextSpan, by: number): TextSpan {
  return by === 0 ? span : { start: span.start + by, end: span.end + by };
}

export function overlaps(a: TextSpan, b: TextSpan): boolean {
  return a.start < b.end && b.start < a.end;
}
