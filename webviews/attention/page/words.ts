import type { Prediction } from '../../../src/shared/attentionProtocol.ts';
import type { Context } from './context.ts';

/** What a model predicts, in a few words. */
export function predictionText(
  { say, numbers }: Pick<Context, 'say' | 'numbers'>,
  prediction: Prediction,
): string {
  const { kind, text, score } = prediction;
  const details = { text, score: numbers.percent(score) };
  switch (kind) {
    case 'label':
      return say('predictionLabel', details);
    case 'answer':
      return text === '' ? say('predictionNoAnswer', details) : say('predictionAnswer', details);
    case 'tokens':
      return say('predictionTokens', details);
    case 'next-token':
      return say('predictionNext', { ...details, text: JSON.stringify(text) });
    case 'embedding':
      return say('predictionEmbedding', { score: numbers.weight(score) });
  }
}
