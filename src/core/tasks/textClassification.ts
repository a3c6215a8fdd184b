import type {
  ClassificationRequest,
  ClassificationResult,
  ScoreFunction,
} from '../../shared/taskProtocol.ts';
import type { TextSpan } from '../../shared/textSpan.ts';
import type { ModelDescription } from '../models/modelDescription.ts';
import { loadLanguageDetector } from '../text/language.ts';
import { sentenceSpans } from '../text/sentences.ts';
import type { TextTokenizer } from '../text/textTokenizer.ts';
import { validateText } from '../text/validate.ts';
import type { RowOutputs, Window } from '../text/window.ts';
import { labelOf, outputOf } from './outputs.ts';
import { sigmoid, softmax } from './scores.ts';
import type { Task } from './taskPlan.ts';
import { tokenShares } from './tokenShares.ts';
import { textWarnings } from './textWarnings.ts';

const task = 'text-classification';
const outputName = 'logits';

interface Part extends TextSpan {
  readonly scope: ClassificationResult['scope'];
  readonly windows: readonly Window[];
}

/**
 * Classifies the whole text and, on request, each sentence. Scores are those of transformers' text-classification
 * pipeline (`scoreFunction`). What does not fit into one window is cut into several that share a quarter of the
 * model's tokens; their scores are averaged, each window weighted by its number of text tokens, where a token that k
 * windows share counts 1/k in each: every token of the text has the same say. (A regression's outputs likewise.)
 */
export const textClassification: Task<ClassificationRequest> = {
  name: task,
  outputs: [outputName],
  async plan(request, model, tokenizer) {
    validateText(request.text);
    const languageOf = await loadLanguageDetector();
    // Only sentences want it before the model runs.
    const language = request.sentences ? languageOf(request.text) : undefined;
    const parts = await planParts(request, model, tokenizer, language?.language);
    return {
      windows: parts.flatMap((part) => part.windows),
      get warnings() {
        return textWarnings(request.text, model, () => language ?? languageOf(request.text));
      },
      decode: (outputs) => ({ results: decode(parts, outputs, model), warnings: [] }),
    };
  },
};

/** How transformers' pipeline turns logits into scores (text_classification.py, `postprocess`). */
export function scoreFunction(model: ModelDescription): ScoreFunction {
  if (model.problemType === 'regression') return 'none';
  return model.problemType === 'multi_label_classification' || model.labels.length === 1
    ? 'sigmoid'
    : 'softmax';
}

/** The whole text first. A single sentence would only say the same again, so it is left out then. */
async function planParts(
  { text, sentences }: ClassificationRequest,
  model: ModelDescription,
  tokenizer: TextTokenizer,
  language: string | undefined,
): Promise<Part[]> {
  const options = { maxLength: model.maxTokens, stride: Math.floor(model.maxTokens / 4) };
  const whole: Part = {
    scope: 'text',
    start: 0,
    end: text.length,
    windows: await tokenizer.encode(text, options),
  };
  const spans = sentences ? sentenceSpans(text, language) : [];
  if (spans.length < 2) return [whole];
  const windows = await tokenizer.encodeAll(
    spans.map(({ start, end }) => text.slice(start, end)),
    options,
  );
  return [
    whole,
    ...spans.map((span, i): Part => ({ scope: 'sentence', ...span, windows: windows[i] ?? [] })),
  ];
}

function decode(
  parts: readonly Part[],
  outputs: readonly RowOutputs[],
  model: ModelDescription,
): ClassificationResult[] {
  let at = 0;
  return parts.map(({ scope, start, end, windows }) => {
    const own = outputs.slice(at, (at += windows.length));
    const mean = meanScores(windows, own, model);
    const scores = Array.from(mean, (score, id) => ({ label: labelOf(model, id), score }));
    scores.sort((a, b) => b.score - a.score);
    const best = scores[0] ?? { label: labelOf(model, 0), score: Number.NaN };
    return { scope, start, end, label: best.label, score: best.score, scores };
  });
}

function meanScores(
  windows: readonly Window[],
  outputs: readonly RowOutputs[],
  model: ModelDescription,
): Float64Array {
  const weights = tokenShares(windows);
  const all = outputs.map((output) => scoresOf(outputOf(output, outputName, model, task).data, model));
  const mean = new Float64Array(all[0]?.length ?? 0);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  all.forEach((scores, w) => {
    scores.forEach((score, id) => (mean[id] = (mean[id] ?? 0) + (score * (weights[w] ?? 0)) / total));
  });
  return mean;
}

/** Scores of all labels from one window's logits, by `scoreFunction`. */
export function scoresOf(logits: Float32Array, model: ModelDescription): Float64Array {
  switch (scoreFunction(model)) {
    case 'softmax':
      return softmax(logits, 0, logits.length);
    case 'sigmoid':
      return Float64Array.from(logits, sigmoid);
    case 'none':
      return Float64Array.from(logits);
  }
}
