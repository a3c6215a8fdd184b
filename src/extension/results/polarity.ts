export type Polarity = 'positive' | 'negative' | 'neutral';

const words: Readonly<Record<string, Polarity>> = {
  positive: 'positive',
  positivo: 'positive',
  positiva: 'positive',
  pos: 'positive',
  'very positive': 'positive',
  'muito positivo': 'positive',
  negative: 'negative',
  negativo: 'negative',
  negativa: 'negative',
  neg: 'negative',
  'very negative': 'negative',
  'muito negativo': 'negative',
  neutral: 'neutral',
  neutro: 'neutral',
  neutra: 'neutral',
  neu: 'neutral',
};

/**
 * What a label says of a text's sentiment, when its name says so (English or Portuguese). A model's LABEL_0 may
 * mean anything: undefined.
 */
export function polarityOf(label: string): Polarity | undefined {
  const name = label
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ')
    .trim();
  return Object.hasOwn(words, name) ? words[name] : undefined;
}
