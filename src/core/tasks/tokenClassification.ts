import type { LabelScore, TokenRequest, TokenResult } from '../../shared/taskProtocol.ts';
import type { ModelDescription } from '../models/modelDescription.ts';
import { loadLanguageDetector } from '../text/language.ts';
import type { TextTokenizer } from '../text/textTokenizer.ts';
import { trimSpan } from '../text/trimSpan.ts';
import { validateText } from '../text/validate.ts';
import type { RowOutputs, Window } from '../text/window.ts';
import { aggregate } from './entities.ts';
import type { ScoredToken } from './entities.ts';
import { joinWindows } from './joinWindows.ts';
import { labelOf, outputOf } from './outputs.ts';
import { softmax } from './scores.ts';
import { continuesWord } from './subwords.ts';
import type { Task } from './taskPlan.ts';
import { textWarnings } from './textWarnings.ts';

const task = 'token-classification';
const outputName = 'logits';
/** The label of tokens that are nothing; never a result, as in Python (`ignore_labels`). */
const outside = 'O';
/** Labels that a token's result lists. */
const shownScores = 5;

/**
 * Labels tokens, words or entities as transformers' TokenClassificationPipeline does. A text longer than the model takes
 * is cut into windows that share a quarter of the model's tokens; their tokens are put together first (`joinWindows`) and
 * aggregated then, so that an entity may lie across windows.
 */
export const tokenClassification: Task<TokenRequest> = {
  name: task,
  outputs: [outputName],
  async plan(request, model, tokenizer) {
    validateText(request.text);
    const windows = await tokenizer.encode(request.text, {
      maxLength: model.maxTokens,
      stride: Math.floor(model.maxTokens / 4),
    });
    const languageOf = await loadLanguageDetector();
    return {
      windows,
      get warnings() {
        return textWarnings(request.text, model, () => languageOf(request.text));
      },
      decode: (outputs) => ({
        results: decode(request, scoredTokens(request.text, model, tokenizer, windows, outputs), model),
        warnings: [],
      }),
    };
  },
};

function decode(
  { text, aggregation }: TokenRequest,
  tokens: readonly ScoredToken[],
  model: ModelDescription,
): TokenResult[] {
  const results: TokenResult[] = [];
  aggregate(tokens, aggregation, (id) => labelOf(model, id)).forEach(({ start, end, label, score }, i) => {
    const span = trimSpan(text, start, end);
    // A token of nothing but white space has no place that could be shown.
    if (label === outside || span.start === span.end) return;
    const scores = aggregation === 'none' ? bestScores(tokens[i]?.scores, model) : [];
    results.push({ ...span, text: text.slice(span.start, span.end), label, score, scores });
  });
  return results;
}

function bestScores(scores: Float64Array | undefined, model: ModelDescription): LabelScore[] {
  return Array.from(scores ?? [], (score, id) => ({ label: labelOf(model, id), score }))
    .sort((a, b) => b.score - a.score)
    .slice(0, shownScores);
}

/** The text's tokens with their probabilities; special tokens are left out. */
function scoredTokens(
  text: string,
  model: ModelDescription,
  tokenizer: TextTokenizer,
  windows: readonly Window[],
  outputs: readonly RowOutputs[],
): ScoredToken[] {
  const logits = outputs.map((output) => outputOf(output, outputName, model, task));
  const tokens: ScoredToken[] = [];
  for (const { window: w, token } of joinWindows(windows)) {
    const window = windows[w];
    const output = logits[w];
    if (window === undefined || output === undefined || window.special[token] === 1) continue;
    const labels = output.dims.at(-1) ?? 0;
    const start = window.offsets[2 * token] ?? 0;
    const end = window.offsets[2 * token + 1] ?? 0;
    tokens.push({
      start,
      end,
      scores: softmax(output.data, token * labels, labels),
      subword: continuesWord(tokenizer, window.ids[token] ?? 0, text, start, end),
    });
  }
  return tokens;
}
