import { dirname } from 'node:path';
import { LoupeError } from '../../shared/errors.ts';
import type { AttentionEdit, EditedGraph } from './attentionGraph.ts';
import { causalMasksOf } from './causal.ts';
import { dataFlowOf } from './dataFlow.ts';
import { findAttention, type FoundAttention } from './findAttention.ts';
import { modelBytes, modelFrom, type ModelProto } from './graph.ts';
import { GraphEdit, opsetOf } from './graphEdit.ts';
import { onModelFile } from './modelError.ts';
import { readOutline } from './outline.ts';
import { nodeName, operatorName } from './site.ts';
import { placeSites } from './stacks.ts';
import { tapSites } from './taps.ts';
import { valueFactsOf } from './valueFacts.ts';
import { graphValueInfo } from './valueInfo.ts';

/** ReduceMax, Where, Slice and Clip have the form that the edits need from here on. */
const oldestOpset = 11;

/**
 * Edits an ONNX model in memory so that it gives its attention (or lets heads be switched off). The file itself is read
 * without its weights (a few hundred KB) and never changed; see `AttentionEdit` for what can be wanted and `EditedGraph`
 * for how to open the result. `model` names the model in errors.
 *
 * Throws LoupeError `model-file-invalid`, `attention-none`.
 */
export function editAttention(file: string, edit: AttentionEdit, model: string): Promise<EditedGraph> {
  return onModelFile(file, async () => {
    const original = modelFrom(await readOutline(file));
    return { ...edited(original, edit, model), weightsFolder: dirname(file) };
  });
}

function edited(
  original: ModelProto,
  wanted: AttentionEdit,
  model: string,
): Omit<EditedGraph, 'weightsFolder'> {
  const none = (reason: string): never => {
    throw new LoupeError('attention-none', { model, reason });
  };
  const opset = opsetOf(original, '');
  if (opset < oldestOpset) none(`it is of ONNX opset ${opset}, and Loupe edits ${oldestOpset} and later`);
  const flow = dataFlowOf(original.graph);
  const factsOf = valueFactsOf(flow);
  const found = findAttention(original, { flow, factsOf, isCausal: causalMasksOf(flow), opset });
  if (found.sites.length === 0) none(whyNone(found));
  const edit = new GraphEdit(original, flow, factsOf);
  const layers = tapSites(edit, placeSites(found.sites, flow), wanted);
  return {
    model: modelBytes(edit.finish()),
    layers,
    skipped: found.unreadable.map(({ node, reason }) => ({
      node: nodeName(node),
      operator: operatorName(node),
      reason,
    })),
    inputs: original.graph.inputs.filter(({ name }) => flow.inputs.includes(name)).map(graphValueInfo),
    outputs: original.graph.outputs.map(graphValueInfo),
  };
}

function whyNone({ unreadable, others }: FoundAttention): string {
  const [first] = unreadable;
  if (first !== undefined) {
    const more = unreadable.length > 1 ? ` (and ${unreadable.length - 1} more)` : '';
    return `node ${nodeName(first.node)} (${operatorName(first.node)})${more}: ${first.reason.replace(/\.$/, '')}`;
  }
  if (others.length === 0) return 'its graph has no softmax and no attention operator';
  const names = others.slice(0, 3).map((node) => `${nodeName(node)} (${operatorName(node)})`);
  const more = others.length > 3 ? ` and ${others.length - 3} more` : '';
  return `its softmaxes are fed by weights, not by queries and keys: ${names.join(', ')}${more}`;
}
