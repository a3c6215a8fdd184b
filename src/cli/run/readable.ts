import type { ClassificationResult, TaskResponse } from '../../shared/taskProtocol.ts';
import { errorMessage } from '../message.ts';
import { alignColumns, oneLine } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import type { Outcome } from './outcome.ts';
import { positionsIn } from './position.ts';

/** With --lines every row is printed when it is ready, so widths cannot wait for the widest. */
const leastWidths = [10, 8, 6];

/** One input's outcome for people: a row a result, with line:column, label, score and text. */
export function readableRows(
  outcome: Outcome,
  isLine: boolean,
  terminal: Pick<Terminal, 'columns' | 'paint'>,
): readonly string[] {
  const line = isLine ? outcome.index + 1 : 1;
  if ('error' in outcome)
    return alignColumns(
      [[isLine ? `${line}:1` : 'failed', terminal.paint('red', errorMessage(outcome.error))]],
      leastWidths,
    );
  return alignColumns(rowsOf(outcome.response, outcome.text, line, isLine, terminal), leastWidths);
}

type Style = Pick<Terminal, 'columns' | 'paint'>;

function rowsOf(
  response: TaskResponse,
  text: string,
  line: number,
  isLine: boolean,
  style: Style,
): readonly (readonly string[])[] {
  const at = positionsIn(text, line);
  const room = style.columns === undefined ? undefined : Math.max(20, style.columns - 40);
  const shown = (start: number, end: number): string => oneLine(text.slice(start, end), room);
  switch (response.task) {
    case 'text-classification':
      return sentimentRows(response.results, isLine).map(({ start, end, label, score, scope }) => [
        scope === 'text' && !isLine ? 'whole text' : at(start),
        style.paint(colourOf(label), label),
        format(score),
        scope === 'text' && !isLine ? '' : shown(start, end),
      ]);
    case 'question-answering':
      if (response.results.length === 0) return [[isLine ? at(0) : '-', 'no answer']];
      return response.results.map(({ start, end, score }) => [
        at(start),
        'answer',
        format(score),
        style.paint('bold', shown(start, end)),
      ]);
    case 'token-classification':
      if (response.results.length === 0) return [[isLine ? at(0) : '-', 'nothing found']];
      return response.results.map(({ start, end, label, score }) => [
        at(start),
        style.paint('cyan', label),
        format(score),
        shown(start, end),
      ]);
  }
}

/** A line that is one sentence is shown once. */
function sentimentRows(
  results: readonly ClassificationResult[],
  isLine: boolean,
): readonly ClassificationResult[] {
  return isLine && results.length <= 2 ? results.slice(0, 1) : results;
}

function colourOf(label: string): 'green' | 'red' | 'cyan' {
  if (/^pos/i.test(label)) return 'green';
  return /^neg/i.test(label) ? 'red' : 'cyan';
}

function format(score: number): string {
  return score.toFixed(3);
}
