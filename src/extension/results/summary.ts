import { formatMs, shortScore, snippet, type Wording } from '../base/wording.ts';
import { isLabelled } from './drawings.ts';
import { labelName } from './labelColors.ts';
import type { TaskName, TaskResponse, TokenResult } from '../../shared/taskProtocol.ts';

/** The task's name as people read it in lists. */
export function taskTitle(task: TaskName, { t }: Wording): string {
  const titles: Record<TaskName, string> = {
    'text-classification': t('Sentiment'),
    'question-answering': t('Question'),
    'token-classification': t('Entities'),
  };
  return titles[task];
}

/** Codicon names by task. */
export const taskIcons: Record<TaskName, string> = {
  'text-classification': 'smiley',
  'question-answering': 'question',
  'token-classification': 'tag',
};

/** The answer in a few words: `POSITIVE 0.98`, `Lisbon 0.87`, `3 entities: PER 2, LOC 1`. */
export function answerInShort(response: TaskResponse, wording: Wording): string {
  const { t } = wording;
  switch (response.task) {
    case 'text-classification': {
      const whole = response.results[0];
      return whole === undefined ? t('No result') : `${whole.label} ${shortScore(whole.score, wording)}`;
    }
    case 'question-answering': {
      const best = response.results[0];
      return best === undefined
        ? t('No answer in this text')
        : `${snippet(best.text)} ${shortScore(best.score, wording)}`;
    }
    case 'token-classification':
      return entitiesInShort(response.results.filter(isLabelled), wording);
  }
}

/** The answer with its time: what stands above the analysed range. */
export function answerInOneLine(response: TaskResponse, wording: Wording): string {
  return `${answerInShort(response, wording)} · ${formatMs(response.ms, wording)}`;
}

function entitiesInShort(results: readonly TokenResult[], { t }: Wording): string {
  if (results.length === 0) return t('No entities in this text');
  const counts = new Map<string, number>();
  for (const { label } of results) counts.set(labelName(label), (counts.get(labelName(label)) ?? 0) + 1);
  const kinds = [...counts].sort((a, b) => b[1] - a[1]);
  const shown = kinds.slice(0, 4).map(([label, count]) => `${label} ${count}`);
  const list = kinds.length > shown.length ? [...shown, '…'].join(', ') : shown.join(', ');
  return results.length === 1
    ? t('1 entity: {list}', { list })
    : t('{count} entities: {list}', { count: results.length, list });
}
