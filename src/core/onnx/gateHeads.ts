import { integersAttribute } from './attribute.ts';
import { elementTypes } from './elementTypes.ts';
import type { GraphEdit } from './graphEdit.ts';
import type { NodeProto } from './graph.ts';

/** `gate` (float32) in the element type that `like` has. */
export function gateLike(edit: GraphEdit, gate: string, like: string): string {
  const { elementType } = edit.factsOf(like);
  if (elementType === elementTypes.float) return gate;
  if (elementType !== 0) return edit.cast(gate, elementType);
  return edit.opset >= 15 ? edit.add('CastLike', [gate, like]) : gate;
}

/**
 * Multiplies what each head gives by `gate` [batch, heads, 1, 1], in the output `value` of a fused operator:
 * [batch, queries, heads * width], or [batch, heads, queries, width] where `isSplit`.
 */
export function gateHeads(
  edit: GraphEdit,
  gate: string,
  { value, heads, isSplit, readers }: HeadOutput,
): void {
  const factor = gateLike(edit, gate, value);
  if (isSplit) {
    edit.rewire(readers, value, edit.add('Mul', [value, factor]));
    return;
  }
  const turned = edit.add('Transpose', [factor], [integersAttribute('perm', [0, 2, 1, 3])]);
  const product = edit.add('Mul', [edit.reshape(value, [0, 0, heads, -1]), turned]);
  edit.rewire(readers, value, edit.add('Reshape', [product, edit.add('Shape', [value])]));
}

interface HeadOutput {
  readonly value: string;
  readonly heads: number;
  readonly isSplit: boolean;
  readonly readers: readonly NodeProto[];
}
