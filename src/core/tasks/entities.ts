import type { AggregationStrategy } from '../../shared/taskProtocol.ts';
import { argmax } from './scores.ts';

/** A token with its label probabilities; `start` and `end` are UTF-16 offsets of the text. */
export interface ScoredToken {
  readonly start: number;
  readonly end: number;
  readonly scores: Float64Array;
  /** Whether it goes on the word of the token before it. */
  readonly subword: boolean;
}

/** A token, a word or a group of words with one label. */
export interface Entity {
  readonly start: number;
  readonly end: number;
  readonly label: string;
  readonly score: number;
}

/**
 * Tokens to entities as transformers' TokenClassificationPipeline does (5.23, token_classification.py: `aggregate`,
 * `aggregate_words`, `group_entities`). `none` gives every token; the others group neighbours of one tag, `first`,
 * `average` and `max` after they made each word agree with itself. Nothing is left out here, not even "O".
 */
export function aggregate(
  tokens: readonly ScoredToken[],
  strategy: AggregationStrategy,
  labelOf: (id: number) => string,
): Entity[] {
  const toEntity = ({ start, end, scores }: Omit<ScoredToken, 'subword'>): Entity => {
    const id = argmax(scores);
    return { start, end, label: labelOf(id), score: scores[id] ?? 0 };
  };
  if (strategy === 'none') return tokens.map(toEntity);
  if (strategy === 'simple') return groupEntities(tokens.map(toEntity));
  const words = groupBy(tokens, (token) => !token.subword);
  return groupEntities(
    words.map((word) =>
      toEntity({ start: startOf(word), end: endOf(word), scores: wordScores(word, strategy) }),
    ),
  );
}

function wordScores(word: readonly ScoredToken[], strategy: 'first' | 'average' | 'max'): Float64Array {
  const first = word[0]?.scores ?? new Float64Array(0);
  switch (strategy) {
    case 'first':
      return first;
    case 'max':
      return word.reduce((best, { scores }) => (top(scores) > top(best) ? scores : best), first);
    case 'average':
      return first.map((_, id) => word.reduce((sum, { scores }) => sum + (scores[id] ?? 0), 0) / word.length);
  }
}

function top(scores: Float64Array): number {
  return scores[argmax(scores)] ?? 0;
}

/** Neighbours with the same tag become one, unless the second one begins an entity ("B-"). The score is their mean. */
function groupEntities(entities: readonly Entity[]): Entity[] {
  const groups = groupBy(entities, (entity, previous) => {
    const { begins, tag } = readLabel(entity.label);
    return begins || tag !== readLabel(previous.label).tag;
  });
  return groups.map((group) => ({
    start: startOf(group),
    end: endOf(group),
    // Everything after the first hyphen, whatever stands before it: that is how the pipeline names a group.
    label: (group[0]?.label ?? '').replace(/^[^-]*-/, ''),
    score: group.reduce((sum, { score }) => sum + score, 0) / group.length,
  }));
}

/** "B-PER" begins a PER, "I-PER" goes on one, and so does a label without either prefix (`get_tag`). */
function readLabel(label: string): { readonly begins: boolean; readonly tag: string } {
  return { begins: label.startsWith('B-'), tag: label.replace(/^[BI]-/, '') };
}

/** Runs of `items`; a new one starts where `starts` says so (it is not asked for the first item). */
function groupBy<T>(items: readonly T[], starts: (item: T, previous: T) => boolean): T[][] {
  const groups: T[][] = [];
  items.forEach((item, i) => {
    const group = groups.at(-1);
    const previous = items[i - 1];
    if (group === undefined || previous === undefined || starts(item, previous)) groups.push([item]);
    else group.push(item);
  });
  return groups;
}

function startOf(group: readonly { readonly start: number }[]): number {
  return group[0]?.start ?? 0;
}

function endOf(group: readonly { readonly end: number }[]): number {
  return group.at(-1)?.end ?? 0;
}
