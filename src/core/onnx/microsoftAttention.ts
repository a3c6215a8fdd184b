import { integerAttribute, integersAttribute } from './attribute.ts';
import { attributeOf, integerOf } from './dataFlow.ts';
import { gateHeads } from './gateHeads.ts';
import type { GraphEdit } from './graphEdit.ts';
import type { NodeProto } from './graph.ts';
import { scaleOf } from './multiHeadAttention.ts';
import { afterPast, probabilitiesOf, splitHeads } from './scores.ts';
import type { Finding, GraphView } from './site.ts';

/**
 * com.microsoft.Attention holds the projection to queries, keys and values too and gives none of them: it is written out
 * (so that its weights are not there twice) with the probabilities among the values.
 */
export function microsoftAttention(node: NodeProto, view: GraphView): Finding {
  const [input = '', weights = '', , mask = '', past = '', , shared = ''] = node.inputs;
  const heads = integerOf(node, 'num_heads', 0);
  const maskRank = view.factsOf(mask).dims?.length;
  const sizes = sizesOf(node, view.factsOf(weights).dims?.[1]);
  if (integerOf(node, 'do_rotary', 0) === 1 || shared !== '' || weights === '') {
    return {
      node,
      reason:
        'its queries are rotated inside, or its cache is shared. Use the model from before it was fused.',
    };
  }
  if (sizes === undefined || (mask !== '' && (maskRank === undefined || maskRank > 3))) {
    return {
      node,
      reason:
        'the graph does not tell the shape of its weights or its mask. Export the model again with shapes.',
    };
  }
  const [value = ''] = node.outputs;
  return {
    node,
    queries: [input],
    keys: past === '' ? [input] : [input, past],
    isCausal: integerOf(node, 'unidirectional', 0) === 1,
    heads,
    probabilities: (edit) => writeOut(edit, node, { heads, sizes, maskRank: maskRank ?? 0 }),
    gate: (edit, gate) =>
      gateHeads(edit, gate, { value, heads, isSplit: false, readers: view.flow.consumers(value) }),
  };
}

type Sizes = readonly [number, number, number];

/** Widths of queries, keys and values: named, or a third of the weights' columns each. */
function sizesOf(node: NodeProto, columns: number | undefined): Sizes | undefined {
  const [queries, keys, values] = attributeOf(node, 'qkv_hidden_sizes')?.integers.map(Number) ?? [];
  if (queries !== undefined && keys !== undefined && values !== undefined) return [queries, keys, values];
  return columns === undefined ? undefined : [columns / 3, columns / 3, columns / 3];
}

interface Form {
  readonly heads: number;
  readonly sizes: Sizes;
  readonly maskRank: number;
}

function writeOut(edit: GraphEdit, node: NodeProto, { heads, sizes, maskRank }: Form): string {
  const [input = '', weights = '', bias = '', mask = '', past = '', added = ''] = node.inputs;
  const [output = '', present = ''] = node.outputs;
  const [queryEnd, keyEnd] = [sizes[0], sizes[0] + sizes[1]];
  const product = edit.add('MatMul', [input, weights]);
  const all = bias === '' ? product : edit.add('Add', [product, bias]);
  const queries = splitHeads(edit, edit.slice(all, 2, 0, queryEnd), heads);
  let keys = splitHeads(edit, edit.slice(all, 2, queryEnd, keyEnd), heads);
  let values = splitHeads(edit, edit.slice(all, 2, keyEnd, keyEnd + sizes[2]), heads);
  if (past !== '') {
    keys = afterPast(edit, edit.squeeze(edit.slice(past, 0, 0, 1), [0]), keys);
    values = afterPast(edit, edit.squeeze(edit.slice(past, 0, 1, 2), [0]), values);
  }
  const weightsOfHeads = probabilitiesOf(
    edit,
    edit.asFloat(queries, input),
    edit.asFloat(keys, input),
    scaleOf(node),
    {
      mask,
      maskRank,
      filter: attributeOf(node, 'mask_filter_value')?.float ?? -10000,
      bias: added,
      isCausal: integerOf(node, 'unidirectional', 0) === 1,
    },
  );
  const context = edit.add('MatMul', [weightsOfHeads, edit.asFloat(values, input)]);
  const turned = edit.add('Transpose', [context], [integersAttribute('perm', [0, 2, 1, 3])]);
  edit.remove(node);
  edit.take(edit.likeFloat(edit.reshape(turned, [0, 0, -1]), input), output);
  if (present !== '') {
    const pair = [edit.unsqueeze(keys, [0]), edit.unsqueeze(values, [0])];
    edit.take(edit.add('Concat', pair, [integerAttribute('axis', 0)]), present);
  }
  return weightsOfHeads;
}
