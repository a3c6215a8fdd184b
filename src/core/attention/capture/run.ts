import type { StackName } from '../../../shared/attentionProtocol.ts';
import type { FeedContext, GraphRows } from './feeds.ts';
import { makeFeeds } from './feeds.ts';
import type { GraphFacts, GraphTensor, GraphTensors, ModelGraphs, TappedGraph } from './graph.ts';
import { LoupeError } from '../../../shared/errors.ts';

/** Which heads are on, for `gates` graphs: float32 [rows, layers, heads], 1 on, 0 off. */
export type Gates = ReadonlyMap<StackName, GraphTensor>;

/** Rows of one run of a model: all sources of one length, all targets of one length. */
export interface ModelRows {
  readonly ids: readonly Int32Array[];
  readonly typeIds: readonly Uint8Array[];
  /** Decoder input of an encoder-decoder. */
  readonly target: readonly Int32Array[] | undefined;
  readonly gates?: Gates;
  /** Keys and values of the tokens before `ids` (decoder-only models). */
  readonly past?: { readonly length: number; readonly tensors: GraphTensors };
}

/** Fetched outputs of each graph. */
export interface ModelOutputs {
  readonly main: GraphTensors;
  readonly encoder: GraphTensors | undefined;
}

/** Which outputs of a graph are wanted; `role` tells the encoder's file from the main one. */
export type Want = (facts: GraphFacts, role: 'main' | 'encoder') => readonly string[];

/**
 * Runs a model once: an encoder in a file of its own first, then the decoder on what it gave.
 * Rejects with `model-load-failed` (an input that cannot be made) and `model-run-failed`.
 */
export async function runModel(
  graphs: ModelGraphs,
  rows: ModelRows,
  want: Want,
  context: FeedContext,
): Promise<ModelOutputs> {
  const { ids, typeIds, target, gates } = rows;
  const { main, encoder } = graphs;
  if (!encoder) {
    const feeds = { ids, typeIds, target, encoded: undefined, past: rows.past };
    return {
      main: await runGraph(main, feeds, gates, want(main.facts, 'main'), context),
      encoder: undefined,
    };
  }
  const hidden = encoder.facts.outputs[0]?.name ?? '';
  const wanted = want(encoder.facts, 'encoder');
  const encoderOutputs = await runGraph(
    encoder,
    { ids, typeIds, target: undefined, encoded: undefined, past: undefined },
    gates,
    wanted.includes(hidden) ? wanted : [...wanted, hidden],
    context,
  );
  const decoderRows = {
    ids: target ?? [],
    typeIds: undefined,
    target: undefined,
    encoded: encoderOutputs[hidden],
    past: undefined,
  };
  return {
    main: await runGraph(main, decoderRows, gates, want(main.facts, 'main'), context),
    encoder: encoderOutputs,
  };
}

async function runGraph(
  { facts, session }: TappedGraph,
  rows: GraphRows,
  gates: Gates | undefined,
  wanted: readonly string[],
  context: FeedContext,
): Promise<GraphTensors> {
  const feeds = { ...makeFeeds(facts.inputs, rows, context), ...gateFeeds(facts, gates) };
  try {
    return await session.run(feeds, wanted);
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new LoupeError('model-run-failed', { model: context.model, reason }, { cause: thrown });
  }
}

/** The inputs that a `gates` edit added: one per stack of this graph. */
function gateFeeds({ layers }: GraphFacts, gates: Gates | undefined): GraphTensors {
  const own = [...(gates ?? [])].filter(([stack]) => layers.some((layer) => layer.stack === stack));
  return Object.fromEntries(own.map(([stack, tensor]) => [`loupe.gates.${stack}`, tensor]));
}

/** The tensor of a fetched output. Throws `internal` when it was not fetched. */
export function fetched(outputs: GraphTensors | undefined, name: string): GraphTensor {
  const tensor = outputs && Object.hasOwn(outputs, name) ? outputs[name] : undefined;
  if (!tensor) throw new LoupeError('internal', { reason: `output ${name} was not fetched` });
  return tensor;
}
