import { attributeOf, integerOf } from './dataFlow.ts';
import { gateHeads } from './gateHeads.ts';
import type { GraphEdit } from './graphEdit.ts';
import type { NodeProto } from './graph.ts';
import { afterPast, probabilitiesOf, splitHeads, type FusedMask } from './scores.ts';
import type { Finding, GraphView } from './site.ts';

/**
 * com.microsoft.MultiHeadAttention: queries and keys come in from outside, so the probabilities are worked out beside the
 * operator, which stays as it is. (Its own 4th output is with masks on the CPU, without them on CUDA.)
 */
export function multiHeadAttention(node: NodeProto, view: GraphView): Finding {
  const [query = '', key = '', , bias = '', mask = '', added = '', past = '', , shared = ''] = node.inputs;
  const heads = integerOf(node, 'num_heads', 0);
  const queryRank = view.factsOf(query).dims?.length ?? 3;
  const keyRank = view.factsOf(key).dims?.length;
  const maskRank = view.factsOf(mask).dims?.length ?? 2;
  if (key === '' || queryRank !== 3 || keyRank === 5 || shared !== '') {
    return {
      node,
      reason:
        'its queries, keys and values come packed, or its cache is shared. Export the model with separate ones.',
    };
  }
  if (keyRank === undefined) {
    return {
      node,
      reason: 'the graph does not tell the axes of its keys. Export the model again with shapes.',
    };
  }
  const [value = ''] = node.outputs;
  const masks: FusedMask = {
    mask,
    maskRank,
    filter: attributeOf(node, 'mask_filter_value')?.float ?? -10000,
    bias: added,
    isCausal: integerOf(node, 'unidirectional', 0) === 1,
  };
  return {
    node,
    queries: [query],
    keys: past === '' ? [key] : [key, past],
    isCausal: masks.isCausal || view.isCausal(added),
    heads,
    probabilities: (edit) => {
      const width = edit.length(query, 2);
      const queries = splitHeads(edit, withBias(edit, query, bias, [0, width]), heads);
      const twice = bias === '' ? '' : edit.add('Add', [width, width]);
      const fresh = keyRank === 4 ? key : splitHeads(edit, withBias(edit, key, bias, [width, twice]), heads);
      const keys = past === '' ? fresh : afterPast(edit, past, fresh);
      return probabilitiesOf(
        edit,
        edit.asFloat(queries, query),
        edit.asFloat(keys, query),
        scaleOf(node),
        masks,
      );
    },
    gate: (edit, gate) =>
      gateHeads(edit, gate, { value, heads, isSplit: false, readers: view.flow.consumers(value) }),
  };
}

/** The operator's scale; undefined: 1 / sqrt(width). */
export function scaleOf(node: NodeProto): number | undefined {
  return attributeOf(node, 'scale')?.float || undefined;
}

/** Biases of queries, keys and values stand one after the other. */
function withBias(
  edit: GraphEdit,
  value: string,
  bias: string,
  [from, to]: readonly [number | string, number | string],
): string {
  return bias === '' ? value : edit.add('Add', [value, edit.slice(bias, 0, from, to)]);
}
