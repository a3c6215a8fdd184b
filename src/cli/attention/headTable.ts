import { headPatterns, type AttentionOverview, type HeadSummary } from '../../shared/attentionProtocol.ts';
import { alignColumns, oneLine } from '../table.ts';
import type { Terminal } from '../terminal.ts';

/** What the model says and what each head does, for people. */
export function headTable(
  overview: AttentionOverview,
  summaries: readonly HeadSummary[],
  { paint, columns }: Pick<Terminal, 'paint' | 'columns'>,
): readonly string[] {
  const { model, source, target, prediction } = overview;
  const size =
    target === undefined
      ? `${source.pieces.length} tokens`
      : `${source.pieces.length} + ${target.pieces.length} tokens`;
  const said =
    prediction === undefined
      ? []
      : [
          `Prediction: ${oneLine(prediction.text, columns && Math.max(20, columns - 25))} (${prediction.score.toFixed(3)})`,
        ];
  const named = namedHeads(summaries);
  const [first = '', ...rest] = alignColumns([
    ['STACK', 'LAYER', 'HEAD', 'ENTROPY', 'OF MOST', 'DISTANCE', 'PATTERN'],
    ...summaries.map(row),
  ]);
  return [
    `${model.reference} (${model.architecture}), ${size}`,
    ...said,
    '',
    paint('bold', first),
    ...rest,
    ...(named.length === 0 ? [] : ['', ...named]),
  ];
}

function row({
  stack,
  layer,
  head,
  entropy,
  relativeEntropy,
  distance,
  pattern,
  shares,
}: HeadSummary): readonly string[] {
  return [
    stack,
    String(layer),
    String(head),
    number(entropy, 2),
    Number.isNaN(relativeEntropy) ? '-' : `${Math.round(relativeEntropy * 100)}%`,
    number(distance, 1),
    pattern === undefined ? '' : `${pattern} ${Math.round(shares[pattern] * 100)}%`,
  ];
}

function number(value: number, digits: number): string {
  return Number.isNaN(value) ? '-' : value.toFixed(digits);
}

/** Heads by pattern as layer.head, one line each; of several stacks with the stack's name. */
function namedHeads(summaries: readonly HeadSummary[]): readonly string[] {
  const isOne = new Set(summaries.map(({ stack }) => stack)).size === 1;
  return headPatterns.flatMap((pattern) => {
    const heads = summaries.filter((summary) => summary.pattern === pattern);
    const names = heads.map(({ stack, layer, head }) => `${isOne ? '' : `${stack} `}${layer}.${head}`);
    return names.length === 0 ? [] : [`${patternWords[pattern]}: ${names.join(', ')}`];
  });
}

const patternWords = {
  first: 'First token',
  separator: 'Separators',
  diagonal: 'Itself',
  previous: 'Previous token',
  next: 'Next token',
} as const;
