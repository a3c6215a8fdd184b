import { integerOf } from './dataFlow.ts';
import { integerAttribute, type AttributeProto } from './attribute.ts';
import { elementTypes } from './elementTypes.ts';
import { gateHeads } from './gateHeads.ts';
import type { NodeProto } from './graph.ts';
import type { GraphEdit } from './graphEdit.ts';
import { microsoftAttention } from './microsoftAttention.ts';
import { multiHeadAttention } from './multiHeadAttention.ts';
import { operatorName, type Finding, type GraphView } from './site.ts';

type Find = (node: NodeProto, view: GraphView) => Finding;

/** Operators that are a whole attention, by name: https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md */
const finders: Readonly<Partial<Record<string, Find>>> = {
  'com.microsoft.GroupQueryAttention': groupQueryAttention,
  'com.microsoft.MultiHeadAttention': multiHeadAttention,
  'com.microsoft.Attention': microsoftAttention,
  Attention: standardAttention,
};

/** An attention that is one operator; undefined for operators that are none. */
export function fusedAttention(node: NodeProto, view: GraphView): Finding | undefined {
  if (!/Attention$|^QLinearSoftmax$/.test(node.opType)) return undefined;
  const find = finders[operatorName(node)];
  if (find !== undefined) return find(node, view);
  return {
    node,
    reason:
      'the operator keeps its weights to itself. Use the model from before it was fused, or export it again.',
  };
}

/** GroupQueryAttention gives its probabilities as a 4th output when asked to by `qk_output` = 2. Always causal. */
function groupQueryAttention(node: NodeProto, view: GraphView): Finding {
  const heads = integerOf(node, 'num_heads', 0);
  const [query = '', key = ''] = node.inputs;
  return {
    node,
    queries: [query],
    keys: [key === '' ? query : key, ...optional(node.inputs[3])],
    isCausal: true,
    heads,
    ...fourthOutput(node, view, {
      attribute: integerAttribute('qk_output', 2),
      heads,
      isSplit: false,
      finish: (edit, weights) => withoutPadding(edit, weights, node.inputs[5] ?? ''),
    }),
  };
}

/** ONNX Attention (23 and later): `qk_matmul_output_mode` = 3 makes its 4th output the probabilities. */
function standardAttention(node: NodeProto, view: GraphView): Finding {
  const [query = '', key = '', , mask = ''] = node.inputs;
  const { dims } = view.factsOf(query);
  const named = integerOf(node, 'q_num_heads', 0);
  const isSplit = named === 0;
  const heads = isSplit ? dims?.[1] : named;
  return {
    node,
    queries: [query],
    keys: [key, ...optional(node.inputs[4])],
    isCausal: integerOf(node, 'is_causal', 0) === 1 || view.isCausal(mask),
    heads,
    ...fourthOutput(node, view, {
      attribute: integerAttribute('qk_matmul_output_mode', 3),
      heads: heads ?? 0,
      isSplit,
    }),
  };
}

/**
 * Behind a row's own length (`seqlens_k` holds the index of its last token) the operator leaves the columns unwritten:
 * they are set to 0.
 */
function withoutPadding(edit: GraphEdit, weights: string, lasts: string): string {
  const last = edit.reshape(edit.cast(lasts, elementTypes.int64), [-1, 1, 1, 1]);
  const isBehind = edit.add('Greater', [edit.range(edit.length(weights, 3)), last]);
  return edit.add('Where', [isBehind, edit.scalar(0), weights]);
}

interface FourthOutput {
  readonly attribute: AttributeProto;
  readonly heads: number;
  readonly isSplit: boolean;
  readonly finish?: (edit: GraphEdit, weights: string) => string;
}

type Edits = Pick<Extract<Finding, { gate: unknown }>, 'probabilities' | 'gate'>;

function fourthOutput(node: NodeProto, { flow }: GraphView, how: FourthOutput): Edits {
  const [value = ''] = node.outputs;
  return {
    probabilities: (edit) => {
      const { attribute } = how;
      const now = edit.current(node);
      const output = edit.freeName('loupe.probabilities');
      const [first = '', second = '', third = ''] = now.outputs;
      const others = now.attributes.filter(({ name }) => name !== attribute.name);
      edit.change(node, {
        ...now,
        outputs: [first, second, third, output],
        attributes: [...others, attribute],
      });
      const weights = edit.asFloat(output, value);
      return how.finish?.(edit, weights) ?? weights;
    },
    gate: (edit, gate) =>
      gateHeads(edit, gate, {
        value,
        heads: how.heads,
        isSplit: how.isSplit,
        readers: flow.consumers(value),
      }),
  };
}

function optional(value: string | undefined): readonly string[] {
  return value === undefined || value === '' ? [] : [value];
}
