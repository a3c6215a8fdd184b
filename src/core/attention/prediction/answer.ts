import type { ModelDescription } from '../../models/modelDescription.ts';
import type { SpanCandidate, SpanProbabilities } from '../../tasks/answerSpans.ts';
import { alignToWords, bestSpans, spanProbabilities } from '../../tasks/answerSpans.ts';
import { trimSpan } from '../../text/trimSpan.ts';
import type { RowOutputs, Window } from '../../text/window.ts';
import type { Readout } from './prediction.ts';
import { noOutput } from './scores.ts';

const startName = 'start_logits';
const endName = 'end_logits';
/** As the pipeline and Loupe's commands have it: tokens of an answer at most, and candidates looked at. */
const maxAnswerLength = 15;
const candidates = 12;

interface Answer {
  readonly text: string;
  /** Token spans that are this answer once widened to words. None: there is no answer. */
  readonly spans: SpanCandidate[];
  score: number;
}

/**
 * The best answer of one window, its score as the task has it: candidates that are one answer when widened to words
 * count together. Followed is the probability of the same token spans, or of "no answer".
 */
export function answerReadout(text: string, window: Window, description: ModelDescription): Readout {
  const probabilities = (row: RowOutputs): SpanProbabilities =>
    spanProbabilities(
      window,
      (row[startName] ?? noOutput(startName)).data,
      (row[endName] ?? noOutput(endName)).data,
    );
  const best = (row: RowOutputs): Answer => bestAnswer(text, window, probabilities(row), description);
  return {
    outputs: [startName, endName],
    predict(row) {
      const answer = best(row);
      return { kind: 'answer', text: answer.text, score: answer.score, scores: [] };
    },
    follow(base) {
      const { spans } = best(base);
      return (row) => {
        const { start, end, nullScore } = probabilities(row);
        if (spans.length === 0) return nullScore;
        return spans.reduce((sum, span) => sum + (start[span.start] ?? 0) * (end[span.end] ?? 0), 0);
      };
    },
    outputToken: (base) => best(base).spans[0]?.start ?? 0,
  };
}

function bestAnswer(
  text: string,
  window: Window,
  probabilities: SpanProbabilities,
  { answersImpossible }: ModelDescription,
): Answer {
  const answers = new Map<string, Answer>();
  for (const span of bestSpans(probabilities, maxAnswerLength, candidates)) {
    const [start, end] = alignToWords(window, span);
    const trimmed = trimSpan(text, start, end);
    const words = text.slice(trimmed.start, trimmed.end);
    if (words === '') continue;
    const answer = answers.get(words.toLowerCase()) ?? { text: words, spans: [], score: 0 };
    answers.set(words.toLowerCase(), answer);
    answer.spans.push(span);
    answer.score += span.score;
  }
  const [best] = [...answers.values()].sort((a, b) => b.score - a.score);
  const { nullScore } = probabilities;
  return best === undefined || (answersImpossible && nullScore > best.score)
    ? { text: '', spans: [], score: nullScore }
    : best;
}
