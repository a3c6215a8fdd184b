import type { AnswerResult, QuestionRequest, TaskWarning } from '../../shared/taskProtocol.ts';
import type { ModelDescription } from '../models/modelDescription.ts';
import { loadLanguageDetector } from '../text/language.ts';
import type { WindowOptions } from '../text/textTokenizer.ts';
import { trimSpan } from '../text/trimSpan.ts';
import { validateQuestion, validateText } from '../text/validate.ts';
import type { RowOutputs, Window } from '../text/window.ts';
import { alignToWords, bestSpans, spanProbabilities } from './answerSpans.ts';
import { outputOf } from './outputs.ts';
import type { DecodedTask, Task } from './taskPlan.ts';
import { textWarnings } from './textWarnings.ts';

const task = 'question-answering';
const startName = 'start_logits';
const endName = 'end_logits';

/**
 * Extractive question answering as transformers 4.57's pipeline does it (question_answering.py): the same windows
 * (`max_seq_len` 384, `doc_stride` 128 or half a smaller window), candidates, words and order, so the best answer is the
 * same.
 */
export const questionAnswering: Task<QuestionRequest> = {
  name: task,
  outputs: [startName, endName],
  async plan(request, model, tokenizer) {
    validateText(request.text);
    validateQuestion(request.question);
    const { windows, questionCutTo } = await tokenizer.encodePair(
      request.question,
      request.text,
      questionWindowOptions(model),
    );
    const languageOf = await loadLanguageDetector();
    return {
      windows,
      get warnings() {
        const warnings = textWarnings(request.text, model, () => languageOf(request.text));
        if (questionCutTo !== undefined)
          warnings.push({ code: 'question-truncated', details: { tokens: questionCutTo } });
        return warnings;
      },
      decode: (outputs) => decode(request, model, windows, outputs),
    };
  },
};

/** The pipeline's `max_seq_len` and `doc_stride` by default, for a model that takes `maxTokens`. */
export function questionWindowOptions({ maxTokens }: ModelDescription): WindowOptions {
  const maxLength = Math.min(maxTokens, 384);
  return { maxLength, stride: Math.min(Math.floor(maxLength / 2), 128) };
}

interface Answer {
  readonly start: number;
  readonly end: number;
  /** The pipeline's score: what its candidates have together, over all windows. Orders the answers; may exceed 1. */
  rank: number;
  /** Per window, the same within that window only. */
  readonly byWindow: Map<number, number>;
}

function decode(
  { text, topK, maxAnswerLength, impossible }: QuestionRequest,
  model: ModelDescription,
  windows: readonly Window[],
  outputs: readonly RowOutputs[],
): DecodedTask<AnswerResult> {
  const answers = new Map<string, Answer>();
  let nullScore = Infinity;
  windows.forEach((window, w) => {
    const own = outputs[w] ?? {};
    const start = outputOf(own, startName, model, task).data;
    const end = outputOf(own, endName, model, task).data;
    const probabilities = spanProbabilities(window, start, end);
    nullScore = Math.min(nullScore, probabilities.nullScore);
    // The pipeline takes this many, because candidates become one when they are widened to words.
    for (const candidate of bestSpans(probabilities, maxAnswerLength, 2 * topK + 10))
      addAnswer(answers, text, alignToWords(window, candidate), candidate.score, w);
  });
  // A stable sort, like Python's: the first found stays first among equals.
  const ranked = [...answers.values()].sort((a, b) => b.rank - a.rank);
  const mayBeImpossible = impossible === 'auto' ? model.answersImpossible : impossible;
  const best = ranked[0];
  if (best === undefined || (mayBeImpossible && nullScore > best.rank))
    return { results: [], warnings: [noAnswer(nullScore)] };
  return { results: distinct(ranked, topK).map((answer) => toResult(answer, text)), warnings: [] };
}

/**
 * Counts a candidate for its answer. Candidates of the same text (whatever its case) are one answer at the place of
 * the first, as in `get_answer`. White space is no answer.
 */
function addAnswer(
  answers: Map<string, Answer>,
  text: string,
  [start, end]: readonly [number, number],
  score: number,
  window: number,
): void {
  const key = text.slice(start, end).toLowerCase();
  if (key.trim() === '') return;
  let answer = answers.get(key);
  if (answer === undefined) {
    answer = { start, end, rank: 0, byWindow: new Map() };
    answers.set(key, answer);
  }
  answer.rank += score;
  answer.byWindow.set(window, (answer.byWindow.get(window) ?? 0) + score);
}

/**
 * The `count` best answers that do not overlap a better one: "Ada", "Lovelace" and "Ada Lovelace" at one place are one
 * answer to a person. The pipeline lists all three; the best is the same.
 */
function distinct(ranked: readonly Answer[], count: number): Answer[] {
  const kept: Answer[] = [];
  for (const answer of ranked) {
    if (kept.length === count) break;
    if (!kept.some(({ start, end }) => start < answer.end && answer.start < end)) kept.push(answer);
  }
  return kept;
}

/**
 * The score shown is the best window's: the pipeline adds up over windows, so that an answer in the overlap of two
 * counts twice and its score can exceed 1. With one window the two are the same.
 */
function toResult({ start, end, byWindow }: Answer, text: string): AnswerResult {
  const span = trimSpan(text, start, end);
  return { ...span, text: text.slice(span.start, span.end), score: Math.max(...byWindow.values()) };
}

function noAnswer(nullScore: number): TaskWarning {
  return { code: 'no-answer', details: { score: Math.round(nullScore * 1000) / 1000 } };
}
