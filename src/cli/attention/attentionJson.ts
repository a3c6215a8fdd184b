import type { AttentionOverview, AttentionTokens, HeadSummary } from '../../shared/attentionProtocol.ts';
import { warningMessage } from '../run/outcome.ts';

/** Overview and summaries as one line of JSON; documented in docs/cli.md and stable like the output of `run`. NaN is null. */
export function attentionJson(overview: AttentionOverview, summaries: readonly HeadSummary[]): string {
  const { model, windows, source, target, stacks, prediction, pooling, quantisationError, ms, warnings } =
    overview;
  return JSON.stringify({
    model,
    windows,
    tokens: tokenRows(source),
    ...(target !== undefined && { target: tokenRows(target) }),
    stacks: stacks.map(({ name, queries, keys, heads, nodes }) => ({ name, queries, keys, heads, nodes })),
    prediction: prediction ?? null,
    heads: summaries.map(({ pattern, ...summary }) => ({ ...summary, pattern: pattern ?? null })),
    pooling,
    quantisationError,
    ms,
    warnings: warnings.map((warning) => ({ code: warning.code, message: warningMessage(warning) })),
  });
}

function tokenRows(tokens: AttentionTokens): readonly unknown[] {
  return tokens.pieces.map((piece, token) => ({
    piece,
    id: tokens.ids[token],
    start: tokens.offsets[2 * token],
    end: tokens.offsets[2 * token + 1],
    sequence: tokens.sequence[token],
    word: tokens.words[token],
    special: tokens.special[token] === 1,
    generated: tokens.generated[token] === 1,
  }));
}
