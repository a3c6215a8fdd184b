import { formatScore, snippet, type Wording } from '../base/wording.ts';
import { warningText } from '../messages/texts.ts';
import { isLabelled } from './drawings.ts';
import { resultText, type Run, type TrackedRun } from './run.ts';
import { answerInShort, taskIcons, taskTitle } from './summary.ts';
import { modelName } from '../../shared/modelName.ts';
import { formatMs } from '../base/wording.ts';

/** One row of the results view. */
export type ResultNode =
  | { readonly kind: 'run'; readonly id: number }
  | { readonly kind: 'item'; readonly id: number; readonly index: number }
  | { readonly kind: 'warning'; readonly id: number; readonly index: number }
  | { readonly kind: 'more'; readonly id: number; readonly count: number };

/** Rows under one result at most; a last row says how many more there are (copying as JSON gives all). */
const childRows = 500;

export interface NodeText {
  readonly label: string;
  readonly description: string;
  /** Codicon name. */
  readonly icon: string;
  /** The whole row for a screen reader. */
  readonly spoken: string;
}

/** Rows under a run: its warnings, then its sentences, answers or tokens. */
export function childrenOf({ run }: TrackedRun): ResultNode[] {
  const { id, response } = run;
  const warnings = response.warnings.map((_, index): ResultNode => ({ kind: 'warning', id, index }));
  const indices = [...response.results.keys()].filter((index) => isChild(run, index));
  const items = indices.slice(0, childRows).map((index): ResultNode => ({ kind: 'item', id, index }));
  const rest = indices.length - items.length;
  return [...warnings, ...items, ...(rest > 0 ? [{ kind: 'more' as const, id, count: rest }] : [])];
}

/** The result for the whole text is the run's own row; tokens outside every entity are no finds. */
function isChild({ response }: Run, index: number): boolean {
  if (response.task === 'text-classification') return response.results[index]?.scope === 'sentence';
  return response.task !== 'token-classification' || isLabelled(response.results[index]);
}

export function nodeText(tracked: TrackedRun, node: ResultNode, wording: Wording): NodeText {
  const { run } = tracked;
  const { t } = wording;
  switch (node.kind) {
    case 'run':
      return runText(run, wording);
    case 'warning': {
      const warning = run.response.warnings[node.index];
      const label = warning === undefined ? '' : warningText(warning, wording);
      return { label, description: '', icon: 'warning', spoken: t('Warning: {text}', { text: label }) };
    }
    case 'more': {
      const label = t('{count} more: copy the result as JSON to see all', { count: node.count });
      return { label, description: '', icon: 'ellipsis', spoken: label };
    }
    case 'item':
      return itemText(tracked, node.index, wording);
  }
}

function runText(run: Run, wording: Wording): NodeText {
  const { request, response } = run;
  const isMarked = response.warnings.length > 0;
  const asked = request.task === 'question-answering' ? request.question : request.text;
  const label = answerInShort(response, wording);
  const model = modelName(response.model.reference);
  const time = formatMs(response.ms, wording);
  const parts = [snippet(asked, 50), model, time];
  const spoken = [taskTitle(request.task, wording), label, ...parts];
  if (isMarked) spoken.push(wording.t('has warnings'));
  return {
    label,
    description: parts.join(' · '),
    icon: isMarked ? 'warning' : taskIcons[request.task],
    spoken: spoken.join(', '),
  };
}

function itemText({ run, spans }: TrackedRun, index: number, wording: Wording): NodeText {
  const result = run.response.results[index];
  if (result === undefined) return { label: '', description: '', icon: 'circle-small', spoken: '' };
  const { t } = wording;
  const score = formatScore(result.score, wording);
  const text = snippet(resultText(run, index), 80);
  const isGone = spans[index] === undefined;
  const found = 'label' in result ? `${result.label} ${score}` : score;
  const description = isGone ? `${found} · ${t('text changed')}` : found;
  return {
    label: text,
    description,
    icon: isGone ? 'circle-slash' : 'circle-small-filled',
    spoken: `${text}, ${description}`,
  };
}
