import { LoupeError } from '../../shared/errors.ts';

/** Characters (UTF-16 units) that one request may have: about 2,500 pages; longer ones would hold the engine for minutes. */
export const textLimit = 5_000_000;

/** Throws `text-empty` (also for white space only), `text-binary` or `text-too-long`. */
export function validateText(text: string): void {
  if (text.length > textLimit)
    throw new LoupeError('text-too-long', { length: text.length, limit: textLimit });
  if (text.includes('\0')) throw new LoupeError('text-binary');
  if (text.trim() === '') throw new LoupeError('text-empty');
}

/** Throws `question-empty`, also for white space only, and `text-binary` or `text-too-long` as for a text. */
export function validateQuestion(question: string): void {
  if (question.trim() === '') throw new LoupeError('question-empty');
  validateText(question);
}
