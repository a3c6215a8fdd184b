import { formatMs, formatScore, snippet, type Wording } from '../base/wording.ts';
import { warningText } from '../messages/texts.ts';
import { escaped } from './hoverMarkdown.ts';
import { resultText, type Run } from './run.ts';
import { taskTitle } from './summary.ts';

/** A run as a Markdown section: what was asked, a table of all results, and what made them. */
export function runMarkdown(run: Run, wording: Wording): string {
  const { t } = wording;
  const { request, response, source } = run;
  const asked = request.task === 'question-answering' ? request.question : `“${snippet(request.text, 120)}”`;
  const columns = [t('Text'), ...(response.task === 'question-answering' ? [] : [t('Label')]), t('Score')];
  const rows = response.results.map((result, index) => [
    escaped(resultText(run, index)),
    ...('label' in result ? [escaped(result.label)] : []),
    formatScore(result.score, wording),
  ]);
  const lines = [`### ${escaped(taskTitle(request.task, wording))}: ${escaped(asked)}`, ''];
  if (rows.length > 0)
    lines.push(row(columns), row(columns.map((_, i) => (i === columns.length - 1 ? '--:' : ':--'))));
  lines.push(...rows.map(row), '');
  for (const warning of response.warnings) lines.push(`> ${escaped(warningText(warning, wording))}`, '');
  const { model } = response;
  lines.push(
    `${escaped(source.name)} · ${escaped(model.reference)} (${model.precision}, ${model.device}) · ${formatMs(response.ms, wording)}`,
    '',
  );
  return lines.join('\n');
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
