import { formatMs, formatScore, snippet, type Wording } from '../base/wording.ts';
import { warningText } from '../messages/texts.ts';
import { labelName } from './labelColors.ts';
import { resultText, type Run } from './run.ts';
import { taskTitle } from './summary.ts';
import { commandIds } from '../../shared/ids.ts';
import type { LabelScore } from '../../shared/taskProtocol.ts';

/** Commands that a hover's links may run; nothing else is trusted. */
export const hoverCommands: readonly string[] = [
  commandIds.showResultAttention,
  commandIds.rerunWithModel,
  commandIds.copyResultAsJson,
  commandIds.copyResultAsMarkdown,
  commandIds.removeResult,
];

/** Rows of scores in a hover at most; the last row says how many more there are. */
const scoreRows = 12;

/** Markdown of the hover over one result: all scores, what made them, how long it took, and what to do next. */
export function hoverMarkdown(run: Run, index: number, wording: Wording): string {
  const lines = [headline(run, index, wording), ...scoreTable(scoresOf(run, index), wording)];
  for (const warning of run.response.warnings)
    lines.push(`$(warning) ${escaped(warningText(warning, wording))}`);
  lines.push(provenance(run, wording), actions(run.id, wording));
  return lines.join('\n\n');
}

function headline(run: Run, index: number, wording: Wording): string {
  const { response, request } = run;
  const title = `**Loupe · ${escaped(taskTitle(response.task, wording))}**`;
  if (request.task === 'question-answering') {
    const rank = index === 0 ? wording.t('Best answer') : wording.t('Answer {rank}', { rank: index + 1 });
    return `${title}  \n${escaped(snippet(request.question, 120))}  \n${escaped(rank)}: ${scoreOf(run, index, wording)}`;
  }
  return `${title}  \n“${escaped(snippet(resultText(run, index), 80))}”`;
}

function scoreOf(run: Run, index: number, wording: Wording): string {
  const result = run.response.results[index];
  return result === undefined ? '' : formatScore(result.score, wording);
}

function scoresOf(run: Run, index: number): readonly LabelScore[] {
  const { response } = run;
  if (response.task === 'question-answering') return [];
  const result = response.results[index];
  if (result === undefined) return [];
  return result.scores.length > 0 ? result.scores : [{ label: labelName(result.label), score: result.score }];
}

function scoreTable(scores: readonly LabelScore[], wording: Wording): string[] {
  if (scores.length === 0) return [];
  const { t } = wording;
  const rows = scores
    .slice(0, scoreRows)
    .map(({ label, score }) => `| ${escaped(label)} | ${formatScore(score, wording)} |`);
  const more = scores.length - rows.length;
  if (more > 0) rows.push(`| ${escaped(t('{count} more', { count: more }))} | |`);
  return [[`| ${escaped(t('Label'))} | ${escaped(t('Score'))} |`, '|:--|--:|', ...rows].join('\n')];
}

/** `sentiment-en · q8 on cpu · 12 ms · 1 window` */
function provenance({ response }: Run, wording: Wording): string {
  const { t } = wording;
  const { model } = response;
  const parts = [
    escaped(model.reference),
    escaped(t('{precision} on {device}', { precision: model.precision, device: model.device })),
    formatMs(response.ms, wording),
    response.windows === 1 ? t('1 window') : t('{count} windows', { count: response.windows }),
  ];
  if (response.loadMs > 0)
    parts.push(t('model loaded in {time}', { time: formatMs(response.loadMs, wording) }));
  return parts.join(' · ');
}

function actions(id: number, { t }: Wording): string {
  const link = (text: string, command: string) =>
    `[${escaped(text)}](command:${command}?${encodeURIComponent(JSON.stringify([id]))})`;
  return [
    link(t('Attention'), commandIds.showResultAttention),
    link(t('Another model'), commandIds.rerunWithModel),
    link(t('Copy as JSON'), commandIds.copyResultAsJson),
    link(t('Copy as Markdown'), commandIds.copyResultAsMarkdown),
    link(t('Remove'), commandIds.removeResult),
  ].join(' · ');
}

/** Text as Markdown that shows exactly that text: the document's words must not become links or icons. */
export function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!|<>~$&@:]/g, '\\$&').replace(/\r?\n|\r/g, ' ');
}
