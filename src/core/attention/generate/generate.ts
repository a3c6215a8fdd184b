import type { Prediction } from '../../../shared/attentionProtocol.ts';
import { LoupeError } from '../../../shared/errors.ts';
import { argmax } from '../../tasks/scores.ts';
import type { TextTokenizer } from '../../text/textTokenizer.ts';
import type { GraphTensors, ModelGraphs } from '../capture/graph.ts';
import { floatsOf } from '../capture/graph.ts';
import type { EncodedSource } from '../capture/input.ts';
import { layersOf, mapOutputs } from '../capture/maps.ts';
import type { AttentionModel } from '../capture/model.ts';
import type { ModelOutputs, ModelRows } from '../capture/run.ts';
import { fetched, runModel } from '../capture/run.ts';
import { GrowingMaps } from './maps.ts';
import { rowOutputs } from '../prediction/prediction.ts';
import { nextTokenReadout } from '../prediction/nextToken.ts';

export interface WriteContext {
  /** Of a `bytes` edit. */
  readonly graphs: ModelGraphs;
  readonly signal: AbortSignal;
  /** Called before each run. */
  readonly onToken: (written: number) => void;
}

/**
 * What a model writes after a source, greedily: each time the most probable token, the first of equals. Kept between
 * queries, so that a continuation longer by one costs one run; with a cache in the graph, a run of one token, which also
 * gives that token's rows of the maps.
 */
export class Continuation {
  readonly #keepsMaps: boolean;
  readonly #model: AttentionModel;
  readonly #encoded: EncodedSource;
  readonly #tokenizer: TextTokenizer;
  readonly #ids: number[] = [];
  /** After each number of tokens written. */
  readonly #predictions: Prediction[] = [];
  /** Keys and values of all tokens that were run, by input name. */
  #past: { readonly length: number; readonly tensors: GraphTensors } | undefined;
  #maps: GrowingMaps | undefined;
  /** Number of tokens after which nothing can follow; Infinity while that is not known. */
  #end = Infinity;

  /** @param keepsMaps whether maps are kept as they grow: not where all together would be too many */
  constructor(model: AttentionModel, encoded: EncodedSource, tokenizer: TextTokenizer, keepsMaps: boolean) {
    this.#keepsMaps = keepsMaps;
    this.#model = model;
    this.#encoded = encoded;
    this.#tokenizer = tokenizer;
  }

  /**
   * The first `count` tokens that the model writes; fewer when one of them ends the text or the model takes no more.
   * Rejects with `attention-cannot-generate`, `cancelled`, and as `runModel` does.
   */
  async write(count: number, context: WriteContext): Promise<readonly number[]> {
    checkCanGenerate(this.#model, context.graphs);
    while (this.#ids.length < Math.min(count, this.#end)) await this.#run(context);
    return this.#ids.slice(0, Math.min(count, this.#end));
  }

  /**
   * Maps over the source and its first `written` tokens, and the prediction after them, where the graph has a cache
   * and maps are kept; else undefined, and they come from one run over all tokens. `written`: what `write` gave, as a number.
   */
  async grown(
    written: number,
    context: WriteContext,
  ): Promise<{ readonly maps: GrowingMaps; readonly prediction: Prediction } | undefined> {
    if (!this.#keepsMaps || !this.#model.isDecoderOnly || cacheNames(context.graphs).length === 0)
      return undefined;
    // The last token written has rows of its own: it has to run too.
    while (this.#predictions.length <= written) await this.#run(context);
    const prediction = this.#predictions[written];
    return this.#maps && prediction ? { maps: this.#maps, prediction } : undefined;
  }

  async #run({ graphs, signal, onToken }: WriteContext): Promise<void> {
    if (signal.aborted) throw new LoupeError('cancelled');
    onToken(this.#ids.length);
    const { isDecoderOnly, feeds, description } = this.#model;
    const caches = isDecoderOnly ? cacheNames(graphs) : [];
    const hasCache = caches.length > 0;
    const keepsMaps = hasCache && this.#keepsMaps;
    const rows = this.#rows();
    const outputs = await runModel(
      graphs,
      rows,
      (facts, role) => [
        ...(role === 'main' ? ['logits', ...caches.map(({ present }) => present)] : []),
        ...(keepsMaps ? mapOutputs(facts, () => true) : []),
      ],
      feeds,
    );
    const ran = (rows.past?.length ?? 0) + ((rows.target ?? rows.ids)[0]?.length ?? 0);
    if (keepsMaps) {
      this.#maps ??= new GrowingMaps(layersOf(graphs, this.#model));
      this.#maps.add(outputs, rows.past?.length ?? 0);
    }
    if (hasCache) {
      const tensors = caches.map(({ name, present }) => [name, fetched(outputs.main, present)] as const);
      this.#past = { length: ran, tensors: Object.fromEntries(tensors) };
    }
    const readout = nextTokenReadout(this.#tokenizer, undefined);
    this.#predictions.push(readout.predict(rowOutputs(outputs.main, readout.outputs, 0)));
    // Behind an end token the model is only run for that token's rows.
    if (this.#ids.length >= this.#end) return;
    const id = bestNext(outputs);
    if (ran < description.maxTokens) this.#ids.push(id);
    if (ran >= description.maxTokens || this.#model.endIds.has(id)) this.#end = this.#ids.length;
  }

  /** The tokens to run for the next one: all, or with a cache those that it does not hold. */
  #rows(): ModelRows {
    const { window, target } = this.#encoded;
    if (target) {
      const ids = Int32Array.of(...target.ids, ...this.#ids);
      return { ids: [window.ids], typeIds: [window.typeIds], target: [ids] };
    }
    const all = Int32Array.of(...window.ids, ...this.#ids);
    const ids = all.slice(this.#past?.length ?? 0);
    const typeIds = [new Uint8Array(ids.length)];
    return { ids: [ids], typeIds, target: undefined, ...(this.#past && { past: this.#past }) };
  }
}

/** Throws `attention-cannot-generate` for encoders and for heads other than a language model's. */
function checkCanGenerate(
  { description, isDecoderOnly, hasDecoderInput }: AttentionModel,
  graphs: ModelGraphs,
): void {
  const hasLogits = graphs.main.facts.outputs.some(({ name }) => name === 'logits');
  if ((!isDecoderOnly && !hasDecoderInput) || !hasLogits || description.task !== undefined)
    throw new LoupeError('attention-cannot-generate', { model: description.reference });
}

/** The graph's caches: inputs `past_key_values.N.key`, and the outputs that become them, `present.N.key`. */
function cacheNames({ main }: ModelGraphs): readonly { readonly name: string; readonly present: string }[] {
  const outputs = new Set(main.facts.outputs.map(({ name }) => name));
  const pairs = main.facts.inputs
    .filter(({ name }) => name.startsWith('past_key_values.'))
    .map(({ name }) => ({ name, present: name.replace('past_key_values.', 'present.') }));
  return pairs.every(({ present }) => outputs.has(present)) ? pairs : [];
}

function bestNext(outputs: ModelOutputs): number {
  const logits = fetched(outputs.main, 'logits');
  const vocabulary = logits.dims.at(-1) ?? 0;
  return argmax(Float64Array.from(floatsOf(logits).subarray(-vocabulary)));
}
