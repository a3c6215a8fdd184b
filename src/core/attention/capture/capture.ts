import type {
  AttentionSource,
  AttentionTokens,
  Prediction,
  StackName,
} from '../../../shared/attentionProtocol.ts';
import type { TextTokenizer } from '../../text/textTokenizer.ts';
import type { RowOutputs } from '../../text/window.ts';
import type { ModelGraphs } from './graph.ts';
import type { EncodedSource } from './input.ts';
import { tokensOf } from './input.ts';
import type { PlacedLayer } from './maps.ts';
import { layerMaps, layersOf, mapBytes, mapOutputs, stackMaps } from './maps.ts';
import type { AttentionModel } from './model.ts';
import type { ModelOutputs, ModelRows } from './run.ts';
import { runModel } from './run.ts';
import type { LayerMaps, StackMaps } from '../headMaps.ts';
import { appendGenerated } from '../generate/tokens.ts';
import type { Readout } from '../prediction/prediction.ts';
import { createReadout, rowOutputs } from '../prediction/prediction.ts';

/** What one run with taps tells about a source. */
export interface Capture {
  readonly source: AttentionTokens;
  readonly target: AttentionTokens | undefined;
  readonly stacks: readonly StackMaps[];
  readonly prediction: Prediction | undefined;
  /** Of the maps. */
  readonly bytes: number;
  /** Milliseconds of the run. */
  readonly runMs: number;
}

export interface CaptureRequest {
  readonly model: AttentionModel;
  readonly tokenizer: TextTokenizer;
  readonly source: AttentionSource;
  readonly encoded: EncodedSource;
  /** Ids that the model wrote before the maps are taken. */
  readonly generated: readonly number[];
  /** Of a `bytes` edit. */
  readonly graphs: ModelGraphs;
}

/** Tokens of a source as the model is given them: text, target, and what the model wrote. */
export function capturedTokens(request: Omit<CaptureRequest, 'graphs'>): Pick<Capture, 'source' | 'target'> {
  const { model, tokenizer, encoded, generated, source: asked } = request;
  const source = tokensOf(encoded.window, tokenizer);
  const target = encoded.target?.tokens;
  const append = (tokens: AttentionTokens, text: string): AttentionTokens =>
    appendGenerated(tokens, generated, { text, tokenizer, endIds: model.endIds });
  return target
    ? { source, target: append(target, asked.target ?? '') }
    : { source: append(source, asked.text), target: undefined };
}

/** The one row that a source is. Token types of generated tokens are those of the last of the text. */
export function rowsOf({ encoded, generated }: Pick<CaptureRequest, 'encoded' | 'generated'>): ModelRows {
  const { window, target } = encoded;
  if (target)
    return {
      ids: [window.ids],
      typeIds: [window.typeIds],
      target: [Int32Array.of(...target.ids, ...generated)],
    };
  const types = new Uint8Array(window.ids.length + generated.length).fill(window.typeIds.at(-1) ?? 0);
  types.set(window.typeIds);
  return { ids: [Int32Array.of(...window.ids, ...generated)], typeIds: [types], target: undefined };
}

/** Runs a source once with all taps. Rejects as `runModel` and `createReadout` do, and with `attention-none`. */
export async function capture(request: CaptureRequest, pooling: number): Promise<Capture> {
  const { model, graphs } = request;
  const layers = layersOf(graphs, model);
  const readout = readoutOf(request);
  const start = performance.now();
  const outputs = await runModel(
    graphs,
    rowsOf(request),
    (facts, role) => [...mapOutputs(facts, () => true), ...(role === 'main' ? outputsOf(readout) : [])],
    model.feeds,
  );
  const runMs = performance.now() - start;
  const stacks = stackMaps(layers, outputs, pooling, model.isDecoderOnly);
  const prediction = typeof readout === 'string' ? undefined : readout.predict(readRow(outputs, readout, 0));
  return { ...capturedTokens(request), stacks, prediction, bytes: mapBytes(stacks), runMs };
}

/** One layer's maps alone, for texts whose maps do not fit all at once. */
export async function captureLayer(
  request: CaptureRequest,
  stack: StackName,
  layer: number,
): Promise<LayerMaps | undefined> {
  const { model, graphs } = request;
  const placed: PlacedLayer | undefined = layersOf(graphs, model).get(stack)?.[layer];
  if (!placed) return undefined;
  const outputs = await runModel(
    graphs,
    rowsOf(request),
    // An onnxruntime run fetches at least one output; the other graph's first is the cheapest to name.
    (facts, role) =>
      role === placed.role
        ? mapOutputs(facts, ({ output }) => output === placed.output)
        : facts.outputs.slice(0, 1).map(({ name }) => name),
    model.feeds,
  );
  return layerMaps(placed, outputs);
}

/** The readout of a source, or why there is none. Throws as `createReadout` does. */
export function readoutOf(request: Omit<CaptureRequest, 'generated'>): Readout | string {
  const { model, tokenizer, source, encoded, graphs } = request;
  return createReadout({ model, tokenizer, source, window: encoded.window }, graphs.main.facts);
}

export function outputsOf(readout: Readout | string): readonly string[] {
  return typeof readout === 'string' ? [] : readout.outputs;
}

/** The prediction's outputs of row `row`. */
export function readRow(outputs: Pick<ModelOutputs, 'main'>, readout: Readout, row: number): RowOutputs {
  return rowOutputs(outputs.main, readout.outputs, row);
}
