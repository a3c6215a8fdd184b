import { createWording } from '../../../src/extension/base/wording.ts';
import type { RunSource, TrackedRun } from '../../../src/extension/results/run.ts';
import type { RunStore } from '../../../src/extension/results/runStore.ts';
import { fillTemplate, type ErrorDetails } from '../../../src/shared/errors.ts';
import type {
  ClassificationResponse,
  QuestionResponse,
  TaskRequest,
  TaskResponse,
  TokenResponse,
} from '../../../src/shared/taskProtocol.ts';
import type { TextSpan } from '../../../src/shared/textSpan.ts';

const fill = (message: string, details: ErrorDetails = {}) => fillTemplate(message, details);
export const english = createWording(fill, 'en');
/** English words with Portuguese numbers and names. */
export const portuguese = createWording(fill, 'pt-br');
export const uri = 'file:///work/notes.md';

const base = { warnings: [], ms: 12.3, loadMs: 0, windows: 1 } as const;

/** Sentence by sentence, cut at `. `; every second one is negative. */
export function sentimentOf(text: string): { request: TaskRequest; response: ClassificationResponse } {
  const entry = (start: number, end: number, scope: 'text' | 'sentence', label: string) => ({
    start,
    end,
    scope,
    label,
    score: 0.9,
    scores: [
      { label, score: 0.9 },
      { label: label === 'POSITIVE' ? 'NEGATIVE' : 'POSITIVE', score: 0.1 },
    ],
  });
  let start = 0;
  const sentences = text.split(/(?<=\.) /).map((sentence, index) => {
    const result = entry(
      start,
      start + sentence.length,
      'sentence',
      index % 2 === 0 ? 'POSITIVE' : 'NEGATIVE',
    );
    start += sentence.length + 1;
    return result;
  });
  return {
    request: {
      task: 'text-classification',
      model: 'starter:sentiment-en',
      text,
      priority: 'interactive',
      sentences: true,
    },
    response: {
      ...base,
      task: 'text-classification',
      model: {
        reference: 'starter:sentiment-en',
        task: 'text-classification',
        precision: 'q8',
        device: 'cpu',
      },
      results: [entry(0, text.length, 'text', 'POSITIVE'), ...sentences],
    },
  };
}

export function answersOf(
  text: string,
  answers: readonly string[],
): { request: TaskRequest; response: QuestionResponse } {
  return {
    request: {
      task: 'question-answering',
      model: '/models/qa',
      text,
      priority: 'interactive',
      question: 'Where?',
      topK: 3,
      maxAnswerLength: 15,
      impossible: 'auto',
    },
    response: {
      ...base,
      task: 'question-answering',
      model: { reference: '/models/qa', task: 'question-answering', precision: 'fp32', device: 'cpu' },
      results: answers.map((answer, index) => {
        const start = text.indexOf(answer);
        return { start, end: start + answer.length, text: answer, score: 0.8 / (index + 1) };
      }),
    },
  };
}

export function tokensOf(
  text: string,
  labels: Readonly<Record<string, string>>,
): { request: TaskRequest; response: TokenResponse } {
  return {
    request: {
      task: 'token-classification',
      model: 'hub:a/ner',
      text,
      priority: 'interactive',
      aggregation: 'simple',
    },
    response: {
      ...base,
      task: 'token-classification',
      model: { reference: 'hub:a/ner', task: 'token-classification', precision: 'q8', device: 'cpu' },
      results: Object.entries(labels).map(([word, label]) => {
        const start = text.indexOf(word);
        return { start, end: start + word.length, text: word, label, score: 0.7, scores: [] };
      }),
    },
  };
}

export function sourceAt(text: string, start = 0, anchor?: TextSpan): RunSource {
  const span = { start, end: start + text.length };
  return { uri, name: 'notes.md', span, anchor: anchor ?? span, anchorText: text };
}

export function addRun(
  store: RunStore,
  { request, response }: { readonly request: TaskRequest; readonly response: TaskResponse },
  source: RunSource = sourceAt(request.text),
): TrackedRun {
  return store.complete(store.begin(source), request, response);
}
