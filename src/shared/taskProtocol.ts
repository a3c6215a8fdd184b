import type { ErrorDetails } from './errors.ts';
import type { TextSpan } from './textSpan.ts';

/** Tasks by Hugging Face's pipeline names. The command line calls them sentiment, qa and tokens. */
export const taskNames = ['text-classification', 'question-answering', 'token-classification'] as const;
export type TaskName = (typeof taskNames)[number];

/** `interactive` requests overtake `bulk` ones between batches. */
export type Priority = 'interactive' | 'bulk';

/** Python's `aggregation_strategy` for token classification. */
export const aggregationStrategies = ['none', 'simple', 'first', 'average', 'max'] as const;
export type AggregationStrategy = (typeof aggregationStrategies)[number];

interface RequestBase {
  /** A model reference: `starter:NAME`, `hub:OWNER/NAME[@REVISION]`, or a folder's absolute path. */
  readonly model: string;
  readonly text: string;
  readonly priority: Priority;
}

export interface ClassificationRequest extends RequestBase {
  readonly task: 'text-classification';
  /** One result per sentence after the result for the whole text. */
  readonly sentences: boolean;
}

export interface QuestionRequest extends RequestBase {
  readonly task: 'question-answering';
  readonly question: string;
  /** How many answers at most, best first. */
  readonly topK: number;
  /** In tokens, as in Python's `max_answer_len`. */
  readonly maxAnswerLength: number;
  /** Whether "no answer" may win, as in Python's `handle_impossible_answer`; `auto`: when the model was trained for it. */
  readonly impossible: 'auto' | boolean;
}

export interface TokenRequest extends RequestBase {
  readonly task: 'token-classification';
  readonly aggregation: AggregationStrategy;
}

export type TaskRequest = ClassificationRequest | QuestionRequest | TokenRequest;

export interface LabelScore {
  readonly label: string;
  readonly score: number;
}

/** How a classifier's logits became scores, from the config's problem_type and the number of labels. */
export type ScoreFunction = 'softmax' | 'sigmoid' | 'none';

export interface ClassificationResult extends TextSpan {
  readonly scope: 'text' | 'sentence';
  readonly label: string;
  /** 0..1 after softmax or sigmoid; the raw output of a regression. */
  readonly score: number;
  /** Every label with its score, best first. */
  readonly scores: readonly LabelScore[];
}

export interface AnswerResult extends TextSpan {
  readonly text: string;
  /** As the Python pipeline defines it: softmax(start) x softmax(end) over the window, 0..1. */
  readonly score: number;
}

export interface TokenResult extends TextSpan {
  readonly text: string;
  readonly label: string;
  readonly score: number;
  /** Probabilities of the best labels, best first; only with aggregation `none`, else empty. */
  readonly scores: readonly LabelScore[];
}

/** Something the person should know although the request succeeded. Templates are in `warnings.ts`. */
export interface TaskWarning {
  readonly code: WarningCode;
  readonly details: ErrorDetails;
}

/** English templates of warnings, filled and translated like those of errors. */
export const warningTemplates = {
  'no-answer': 'The text holds no answer to this question (score {score}).',
  'other-language':
    'The text looks like {detected}; {model} was made for {languages}. Read the result with care.',
  'device-fallback': 'Device {wanted} is not available here; {used} is used.',
  'precision-fallback': '{model} has no {wanted} weights; {used} is used.',
  'lone-surrogates':
    'The text holds {count} broken characters (lone surrogates); the model saw U+FFFD in their place.',
  'question-truncated':
    'The question is longer than the model takes; only its first {tokens} tokens were used.',
  'attention-skipped': 'The attention of node {node} ({operator}) cannot be read: {reason}',
  'attention-nan': 'Layer {layer}, head {head}: {rows} rows are not numbers (NaN); they are drawn hatched.',
  'attention-windows':
    'The text is longer than the model takes: window {window} of {windows} is shown (they count from 0). Choose another above.',
  'attention-pooled':
    'The text has {tokens} tokens: overview and summaries are worked out on maps averaged over {pooling} x {pooling} tokens; single heads are exact.',
  'target-truncated': 'The target is longer than the model takes; only its first {tokens} tokens were used.',
  'generation-ended': 'The model ended its text after {written} of {wanted} tokens.',
  'generation-full':
    'The model takes {limit} tokens at most: it wrote {written} of {wanted}. Select a shorter passage.',
  'attention-glyphs':
    'The font has no glyph for {count} characters ({examples}); boxes stand in their place.',
  'tokenizer-fallback': 'The fast tokenizer has no build for this machine; a slower one is used.',
} as const satisfies Record<string, string>;
export type WarningCode = keyof typeof warningTemplates;

/** What answered: shown in hovers and results, written into exports. */
export interface ModelSummary {
  readonly reference: string;
  readonly task: TaskName;
  /** The precision and device really used. */
  readonly precision: string;
  readonly device: string;
  readonly scoreFunction?: ScoreFunction;
}

interface ResponseBase {
  readonly model: ModelSummary;
  readonly warnings: readonly TaskWarning[];
  /** Milliseconds from the request's arrival in the inference process to its result, model loading not counted. */
  readonly ms: number;
  /** Milliseconds spent loading the model for this request, 0 when it was loaded. */
  readonly loadMs: number;
  /** How many windows (model inputs) the text was cut into. */
  readonly windows: number;
}

export interface ClassificationResponse extends ResponseBase {
  readonly task: 'text-classification';
  /** The whole text first, then its sentences in order. */
  readonly results: readonly ClassificationResult[];
}
export interface QuestionResponse extends ResponseBase {
  readonly task: 'question-answering';
  /** Best first; empty when there is no answer (with the warning `no-answer`). */
  readonly results: readonly AnswerResult[];
}
export interface TokenResponse extends ResponseBase {
  readonly task: 'token-classification';
  /** In order of the text. */
  readonly results: readonly TokenResult[];
}
export type TaskResponse = ClassificationResponse | QuestionResponse | TokenResponse;

/** The response type that belongs to a request type. */
export type ResponseOf<R extends TaskRequest> = Extract<TaskResponse, { readonly task: R['task'] }>;

/** What a running request is doing. A snapshot, never a delta. */
export type TaskProgress =
  | {
      readonly kind: 'download';
      readonly file: string;
      readonly loaded: number;
      readonly total: number | undefined;
    }
  | { readonly kind: 'load'; readonly model: string }
  | { readonly kind: 'run'; readonly done: number; readonly total: number };
