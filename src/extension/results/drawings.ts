import { shortScore, type Wording } from '../base/wording.ts';
import { labelColor, labelName, type LoupeColor } from './labelColors.ts';
import { polarityOf } from './polarity.ts';
import type { TrackedRun } from './run.ts';
import type { TaskResponse, TokenResult } from '../../shared/taskProtocol.ts';
import type { TextSpan } from '../../shared/textSpan.ts';

/** One decorated range of a document. Its label text says what its colour says. */
export interface Drawing extends TextSpan {
  readonly style: DrawingStyle;
  /** Written after the range. */
  readonly label: string;
}

/** `answer` has a border too; `otherAnswer` only a border. */
export type DrawingStyle = LoupeColor | 'otherAnswer';

/** An answer is drawn when its score is at least this part of the best one's; the results view lists all. */
const worthDrawing = 0.2;

/**
 * Indices of the results that are drawn: each sentence (the whole text where there is none), the best answer and those
 * near it, every token inside an entity.
 */
export function drawnParts({ run: { response } }: TrackedRun): number[] {
  const indices = [...response.results.keys()];
  if (response.task === 'question-answering') {
    const scoreOf = (index: number) => response.results[index]?.score ?? 0;
    return indices.filter((index) => scoreOf(index) >= worthDrawing * scoreOf(0));
  }
  if (response.task === 'token-classification')
    return indices.filter((index) => isLabelled(response.results[index]));
  const sentences = indices.filter((index) => response.results[index]?.scope === 'sentence');
  return sentences.length > 0 ? sentences : indices;
}

/** What to draw for one run, of the parts whose span is wanted. Parts whose text changed are not drawn. */
export function drawingsOf(
  tracked: TrackedRun,
  wording: Wording,
  isWanted: (span: TextSpan) => boolean = () => true,
): Drawing[] {
  const drawings: Drawing[] = [];
  for (const index of drawnParts(tracked)) {
    const span = tracked.spans[index];
    if (span === undefined || !isWanted(span)) continue;
    const look = lookOf(tracked.run.response, index, wording);
    if (look !== undefined) drawings.push({ ...look, start: span.start, end: span.end });
  }
  return drawings;
}

/** A token outside every entity carries the label O; it is no find. */
export function isLabelled(result: TokenResult | undefined): boolean {
  return result !== undefined && result.label !== 'O';
}

function lookOf(
  response: TaskResponse,
  index: number,
  wording: Wording,
): Omit<Drawing, keyof TextSpan> | undefined {
  const result = response.results[index];
  if (result === undefined) return undefined;
  const score = shortScore(result.score, wording);
  if (!('label' in result))
    return index === 0
      ? { style: 'answer', label: score }
      : { style: 'otherAnswer', label: `#${index + 1} ${score}` };
  return response.task === 'token-classification'
    ? { style: labelColor(result.label), label: labelName(result.label) }
    : { style: polarityOf(result.label) ?? labelColor(result.label), label: `${result.label} ${score}` };
}
