import type { AttentionStack } from '../../../src/shared/attentionProtocol.ts';
import type { TextSpan } from '../../../src/shared/textSpan.ts';
import type { Side } from '../model/side.ts';

/** The first token of a side's text that touches a span, and whether it is chosen as a query or as a key. */
export function tokenAtSpan(
  side: Side,
  stack: AttentionStack,
  span: TextSpan,
): { readonly token: number; readonly direction: 'from' | 'to' } | undefined {
  const source = side.loaded?.source;
  if (!source) return undefined;
  const sequence = side.description.texts.question === undefined ? 0 : 1;
  for (let token = 0; token < source.pieces.length; token += 1) {
    const start = source.offsets[2 * token] ?? 0;
    const end = source.offsets[2 * token + 1] ?? 0;
    const isTouched = start < Math.max(span.end, span.start + 1) && end > span.start;
    if (end > start && isTouched && source.sequence[token] === sequence)
      return { token, direction: stack.queries === 'source' ? 'from' : 'to' };
  }
  return undefined;
}
