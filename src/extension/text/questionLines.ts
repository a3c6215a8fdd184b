import type { TextSpan } from '../../shared/textSpan.ts';
import { linesOf } from './paragraphs.ts';

/** A line `Q: ...?` (or `P: ...?`, Portuguese "pergunta"), as a list item, quote or in bold if one likes. */
const pattern = /^[\s>*+-]*(?:\*\*)?[QP]:(?:\*\*)?\s*(\S.*\?)(?:\*\*)?\s*$/u;

export interface QuestionLine extends TextSpan {
  readonly question: string;
}

export function isQuestionLine(line: string): boolean {
  return pattern.test(line);
}

/** Question lines of a text; each span covers its line without surrounding white space. */
export function findQuestionLines(text: string): QuestionLine[] {
  const found: QuestionLine[] = [];
  for (const line of linesOf(text)) {
    const question = pattern.exec(line.text)?.[1];
    if (question === undefined) continue;
    const start = line.start + line.text.length - line.text.trimStart().length;
    found.push({ start, end: line.start + line.text.trimEnd().length, question });
  }
  return found;
}

/**
 * The text with its question lines turned into spaces: an answer is never the question itself, and every offset
 * still points at the same place.
 */
export function blankQuestionLines(text: string): string {
  let blanked = text;
  for (const { start, end } of findQuestionLines(text))
    blanked = blanked.slice(0, start) + ' '.repeat(end - start) + blanked.slice(end);
  return blanked;
}
