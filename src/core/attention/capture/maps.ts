import type { AttentionLayer, SkippedAttention } from '../../onnx/attentionGraph.ts';
import type { AttentionStack, StackName } from '../../../shared/attentionProtocol.ts';
import { stackNames } from '../../../shared/attentionProtocol.ts';
import { LoupeError } from '../../../shared/errors.ts';
import type { TaskWarning } from '../../../shared/taskProtocol.ts';
import type { GraphFacts, GraphTensors, ModelGraphs } from './graph.ts';
import { floatsOf } from './graph.ts';
import type { AttentionModel } from './model.ts';
import type { ModelOutputs } from './run.ts';
import { fetched } from './run.ts';
import type { LayerMaps, StackMaps } from '../headMaps.ts';
import { nanRowsOf } from '../summaries.ts';

/** A layer, and which of a model's graphs it is in. */
export interface PlacedLayer extends AttentionLayer {
  readonly role: 'main' | 'encoder';
}

/** All layers of a model by stack, in order. Throws `attention-none` when there is none. */
export function layersOf(
  graphs: ModelGraphs,
  { description }: AttentionModel,
): ReadonlyMap<StackName, readonly PlacedLayer[]> {
  const placed = [
    ...(graphs.encoder?.facts.layers ?? []).map((layer) => ({ ...layer, role: 'encoder' as const })),
    ...graphs.main.facts.layers.map((layer) => ({ ...layer, role: 'main' as const })),
  ];
  if (placed.length === 0) throw noAttention(graphs, description.reference);
  const stacks = new Map<StackName, readonly PlacedLayer[]>();
  for (const name of stackNames) {
    const own = placed.filter(({ stack }) => stack === name);
    if (own.length > 0)
      stacks.set(
        name,
        own.sort((a, b) => a.layer - b.layer),
      );
  }
  return stacks;
}

function skippedOf(graphs: ModelGraphs): readonly SkippedAttention[] {
  return [...(graphs.encoder?.facts.skipped ?? []), ...graphs.main.facts.skipped];
}

function noAttention(graphs: ModelGraphs, model: string): LoupeError {
  const [first] = skippedOf(graphs);
  const reason = first
    ? `node ${first.node} (${first.operator}): ${first.reason}`
    : 'its graph has no Softmax between two products, and no attention operator';
  return new LoupeError('attention-none', { model, reason });
}

export function skippedWarnings(graphs: ModelGraphs): TaskWarning[] {
  return skippedOf(graphs).map(({ node, operator, reason }) => ({
    code: 'attention-skipped',
    details: { node, operator, reason },
  }));
}

/** Output names of layers: their maps and, of bytes, their scales. */
export function mapOutputs(facts: GraphFacts, wanted: (layer: AttentionLayer) => boolean): readonly string[] {
  return facts.layers
    .filter(wanted)
    .flatMap(({ output, scales }) => (scales === undefined ? [output] : [output, scales]));
}

/** A layer's maps from one run of a `bytes` graph with one row. */
export function layerMaps(layer: PlacedLayer, outputs: ModelOutputs): LayerMaps {
  const tensors: GraphTensors | undefined = outputs[layer.role];
  const cells = fetched(tensors, layer.output);
  const [, heads = 0, queries = 0, keys = 0] = cells.dims;
  if (!(cells.data instanceof Uint8Array))
    throw new LoupeError('internal', { reason: `${layer.output} is not bytes` });
  const scales = floatsOf(fetched(tensors, layer.scales ?? ''));
  return { heads, queries, keys, cells: cells.data, scales, node: layer.node };
}

/** All stacks from one run of a `bytes` graph with one row. */
export function stackMaps(
  layers: ReadonlyMap<StackName, readonly PlacedLayer[]>,
  outputs: ModelOutputs,
  pooling: number,
  isDecoderOnly: boolean,
): readonly StackMaps[] {
  return [...layers].map(([name, own]) => ({
    name,
    ...axesOf(name, isDecoderOnly),
    layers: own.map((layer) => layerMaps(layer, outputs)),
    pooling,
  }));
}

/** The tokens of a decoder-only model are the text itself, its source. */
export function axesOf(stack: StackName, isDecoderOnly: boolean): Pick<AttentionStack, 'queries' | 'keys'> {
  if (stack === 'encoder' || isDecoderOnly) return { queries: 'source', keys: 'source' };
  return { queries: 'target', keys: stack === 'cross' ? 'source' : 'target' };
}

/** Bytes that maps hold. */
export function mapBytes(stacks: readonly StackMaps[]): number {
  let bytes = 0;
  for (const { layers } of stacks)
    for (const { cells, scales } of layers) bytes += cells.byteLength + scales.byteLength;
  return bytes;
}

/** `attention-nan`, one a head that has rows of NaN. */
export function nanWarnings(stacks: readonly StackMaps[]): TaskWarning[] {
  return stacks
    .flatMap(nanRowsOf)
    .map(({ layer, head, rows }) => ({ code: 'attention-nan', details: { layer, head, rows } }));
}
