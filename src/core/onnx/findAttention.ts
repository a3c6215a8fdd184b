import { subgraphsOf } from './dataFlow.ts';
import { fusedAttention } from './fusedAttention.ts';
import type { GraphProto, ModelProto, NodeProto } from './graph.ts';
import { isSite, type AttentionSite, type GraphView, type Unreadable } from './site.ts';
import { softmaxAttention, softmaxInput } from './softmaxAttention.ts';

export interface FoundAttention {
  readonly sites: readonly AttentionSite[];
  readonly unreadable: readonly Unreadable[];
  /** Softmaxes that are no attention (a classifier's, a router's). */
  readonly others: readonly NodeProto[];
}

const attentionLike = /Attention$|^Softmax$|^BiasSoftmax$/;

/** All attentions of a model: those that can be read, and those that cannot with the reason. */
export function findAttention(model: ModelProto, view: GraphView): FoundAttention {
  const sites: AttentionSite[] = [];
  const unreadable: Unreadable[] = [];
  const others: NodeProto[] = [];
  for (const node of view.flow.nodes) {
    const isSoftmax = softmaxInput(node, view.flow) !== undefined;
    const finding = isSoftmax ? softmaxAttention(node, view) : fusedAttention(node, view);
    if (finding === undefined) {
      if (isSoftmax) others.push(node);
    } else if (isSite(finding)) sites.push(finding);
    else unreadable.push(finding);
    for (const inner of subgraphsOf(node).flatMap(attentionsWithin)) {
      unreadable.push({
        node: inner,
        reason:
          'it lies in a branch of the graph (If or Loop). Use decoder_model.onnx instead of decoder_model_merged.onnx.',
      });
    }
  }
  for (const { name, nodes } of model.functions) {
    for (const inner of nodes.filter(looksLikeAttention)) {
      unreadable.push({
        node: inner,
        reason: `it lies in the model's own function ${name}. Export the model with its functions inlined.`,
      });
    }
  }
  return { sites, unreadable, others };
}

function looksLikeAttention({ opType }: NodeProto): boolean {
  return attentionLike.test(opType);
}

function attentionsWithin(graph: GraphProto): readonly NodeProto[] {
  return graph.nodes.flatMap((node) => [
    ...(looksLikeAttention(node) ? [node] : []),
    ...subgraphsOf(node).flatMap(attentionsWithin),
  ]);
}
