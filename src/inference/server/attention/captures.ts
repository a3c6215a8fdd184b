import type { Capture, CaptureRequest } from '../../../core/attention/capture/capture.ts';
import { capture, capturedTokens, captureLayer } from '../../../core/attention/capture/capture.ts';
import type { EncodedSource } from '../../../core/attention/capture/input.ts';
import { encodeSource } from '../../../core/attention/capture/input.ts';
import type { ModelGraphs } from '../../../core/attention/capture/graph.ts';
import { mapBytes, skippedWarnings } from '../../../core/attention/capture/maps.ts';
import type { AttentionModel } from '../../../core/attention/capture/model.ts';
import { choosePooling, runBytes } from '../../../core/attention/capture/size.ts';
import { Continuation } from '../../../core/attention/generate/generate.ts';
import type { GrowingMaps } from '../../../core/attention/generate/maps.ts';
import type { LayerMaps } from '../../../core/attention/headMaps.ts';
import { checkPlace } from '../../../core/attention/places.ts';
import type { TextTokenizer } from '../../../core/text/textTokenizer.ts';
import type { AttentionSource, Prediction, StackName } from '../../../shared/attentionProtocol.ts';
import { LoupeError } from '../../../shared/errors.ts';
import type { TaskWarning } from '../../../shared/taskProtocol.ts';
import { ByteLru } from './byteLru.ts';
import type { ModelSessions, PreparationMs } from './modelSessions.ts';
import type { QueryContext } from './queryContext.ts';

export interface CapturesOptions {
  readonly sessions: ModelSessions;
  readonly tokenizer: TextTokenizer;
  /** Bytes of maps held at most, and bytes that one run may take. */
  readonly mapBudget: number;
  readonly runBudget: number;
}

/** A capture, and how it came to be. */
export interface Held extends Capture {
  readonly encoded: EncodedSource;
  readonly pooling: number;
  /** Whether its runs are so large that their memory must not stay. */
  readonly isFrugal: boolean;
  readonly provider: string;
  readonly ms: PreparationMs & { readonly run: number };
  /** Of text and graph. */
  readonly warnings: readonly TaskWarning[];
  /** Ids that the model wrote. */
  readonly generated: readonly number[];
}

const megabyte = 1 << 20;

/** Bytes of a run's largest attention from which its memory is given back afterwards: 12 heads over about 730 tokens. */
const frugalFrom = 128 * megabyte;

/** The maps of sources, worked out when first asked for and kept as long as there is room. */
export class Captures {
  readonly #options: CapturesOptions;
  readonly #held: ByteLru<Held>;
  /** Whole maps of single layers of texts whose maps are pooled. */
  readonly #layers: ByteLru<LayerMaps>;
  #continuation: { readonly key: string; readonly value: Continuation } | undefined;
  /** Under way: a second query for the same source waits for the first one's run. */
  readonly #running = new Map<string, Promise<unknown>>();

  constructor(options: CapturesOptions) {
    this.#options = options;
    // Pooled maps are at most half as much as fits; the other half is for the layers beside them.
    this.#held = new ByteLru(options.mapBudget);
    this.#layers = new ByteLru(options.mapBudget / 2);
  }

  /** Bytes of maps that are held now. */
  get bytes(): number {
    return this.#held.bytes + this.#layers.bytes;
  }

  isHeld(source: AttentionSource): boolean {
    return this.#held.get(JSON.stringify(source)) !== undefined;
  }

  /** The source's tokens. Rejects as `encodeSource` does. */
  async encode(source: AttentionSource): Promise<EncodedSource> {
    const model = await this.#options.sessions.describe();
    return encodeSource(source, model, this.#options.tokenizer);
  }

  /** All maps of a source, pooled where they are too many. Rejects as `capture` does, and with `attention-memory`. */
  async of(source: AttentionSource, context: QueryContext): Promise<Held> {
    const key = JSON.stringify(source);
    return (
      this.#held.get(key) ?? this.#once(`all ${key}`, context, () => this.#capture(source, key, context))
    );
  }

  /** One layer's maps, never pooled. Rejects with `attention-place-missing`. */
  async layer(
    source: AttentionSource,
    stack: StackName,
    layer: number,
    context: QueryContext,
  ): Promise<LayerMaps> {
    const held = await this.of(source, context);
    const maps = held.stacks.find(({ name }) => name === stack);
    checkPlace(source.model, `${stack} layer`, layer, maps?.layers.length ?? 0);
    const whole = held.pooling === 1 ? maps?.layers[layer] : undefined;
    if (whole) return whole;
    const key = JSON.stringify([source, stack, layer]);
    return (
      this.#layers.get(key) ??
      this.#once(`layer ${key}`, context, () => this.#captureLayer(source, held, stack, layer, key))
    );
  }

  /** Work that two queries want is done once. One that the first of them gave up is done again for the second. */
  async #once<Result>(key: string, { signal }: QueryContext, work: () => Promise<Result>): Promise<Result> {
    for (;;) {
      const running = this.#running.get(key) as Promise<Result> | undefined;
      if (!running) break;
      try {
        return await running;
      } catch (thrown) {
        if (signal.aborted || !(thrown instanceof LoupeError) || thrown.code !== 'cancelled') throw thrown;
      }
    }
    const own = work().finally(() => this.#running.delete(key));
    this.#running.set(key, own);
    return own;
  }

  async #capture(source: AttentionSource, key: string, context: QueryContext): Promise<Held> {
    const { sessions, tokenizer } = this.#options;
    const start = performance.now();
    const model = await sessions.describe();
    const describeMs = performance.now() - start;
    const encoded = await this.encode(source);
    const plan = await this.#plan(model, encoded, source.generate);
    const generated = source.generate > 0 ? await this.#write(source, encoded, plan, context) : undefined;
    const asked = { model, tokenizer, source, encoded, generated: generated?.ids ?? [] };
    this.#held.makeRoom(plan.bytes);
    const { pooling, isFrugal } = plan;
    return sessions.use({ kind: 'bytes', pooling, isFrugal }, async ({ graphs, provider, ms }) => {
      const request = { ...asked, graphs };
      const grown = pooling === 1 ? await generated?.grown(graphs) : undefined;
      const captured = grown
        ? grownCapture(request, grown, generated?.start ?? 0)
        : await capture(request, pooling);
      const held = {
        ...captured,
        encoded,
        generated: asked.generated,
        pooling,
        isFrugal,
        provider,
        ms: { edit: describeMs + ms.edit, load: ms.load, run: captured.runMs },
        warnings: [
          ...encoded.warnings,
          ...skippedWarnings(graphs),
          ...plan.warnings,
          ...endWarnings(source, model, asked.generated),
        ],
      };
      this.#held.set(key, held, captured.bytes);
      return held;
    });
  }

  /** How far maps are to be pooled. Rejects with `attention-memory` when they do not fit at all. */
  async #plan(
    model: AttentionModel,
    encoded: EncodedSource,
    generate: number,
  ): Promise<{
    readonly pooling: number;
    readonly bytes: number;
    readonly isFrugal: boolean;
    readonly warnings: readonly TaskWarning[];
  }> {
    const { sessions, mapBudget, runBudget } = this.#options;
    const facts = await sessions.facts();
    const { maxTokens } = model.description;
    const own = encoded.window.ids.length;
    const target = encoded.target?.ids.length;
    const sides =
      target === undefined
        ? { source: Math.min(own + generate, Math.max(own, maxTokens)), target: 0 }
        : { source: own, target: Math.min(target + generate, Math.max(target, maxTokens)) };
    const { pooling, bytes } = choosePooling(facts, model, sides, mapBudget);
    const atOnce = runBytes(facts, model, sides);
    const needed = atOnce + bytes;
    const tokens = sides.source + sides.target;
    if (needed > runBudget || bytes > mapBudget)
      throw new LoupeError('attention-memory', {
        tokens,
        needed: Math.ceil(needed / megabyte),
        limit: Math.floor(runBudget / megabyte),
      });
    const warnings: readonly TaskWarning[] =
      pooling === 1 ? [] : [{ code: 'attention-pooled', details: { tokens, pooling } }];
    return { pooling, bytes, isFrugal: atOnce > frugalFrom, warnings };
  }

  /** What the model writes after a source. One continuation is kept, so that the next query goes on from it. */
  async #write(
    source: AttentionSource,
    encoded: EncodedSource,
    { pooling, isFrugal }: { readonly pooling: number; readonly isFrugal: boolean },
    context: QueryContext,
  ): Promise<{
    readonly ids: readonly number[];
    /** When the first run began, by `performance.now()`. */
    readonly start: number;
    readonly grown: (graphs: ModelGraphs) => ReturnType<Continuation['grown']>;
  }> {
    const { sessions, tokenizer } = this.#options;
    const model = await sessions.describe();
    // Maps that are to be pooled are never kept whole beside: they come from one run over all tokens.
    const keepsMaps = pooling === 1;
    const key = JSON.stringify([{ ...source, generate: 0 }, keepsMaps]);
    if (this.#continuation?.key !== key)
      this.#continuation = { key, value: new Continuation(model, encoded, tokenizer, keepsMaps) };
    const { value } = this.#continuation;
    const { signal, onProgress } = context;
    const onToken = (done: number): void => onProgress({ kind: 'run', done, total: source.generate });
    return sessions.use({ kind: 'bytes', pooling: 1, isFrugal }, async ({ graphs }) => {
      const start = performance.now();
      const ids = await value.write(source.generate, { graphs, signal, onToken });
      return { ids, start, grown: (own) => value.grown(ids.length, { graphs: own, signal, onToken }) };
    });
  }

  async #captureLayer(
    source: AttentionSource,
    { encoded, generated, isFrugal }: Held,
    stack: StackName,
    layer: number,
    key: string,
  ): Promise<LayerMaps> {
    const { sessions, tokenizer } = this.#options;
    const model = await sessions.describe();
    const request: Omit<CaptureRequest, 'graphs'> = { model, tokenizer, source, encoded, generated };
    return sessions.use({ kind: 'bytes', pooling: 1, isFrugal }, async ({ graphs }) => {
      const maps = await captureLayer({ ...request, graphs }, stack, layer);
      if (!maps) throw new LoupeError('internal', { reason: `no layer ${layer} in ${stack}` });
      this.#layers.set(key, maps, maps.cells.byteLength + maps.scales.byteLength);
      return maps;
    });
  }
}

/** Why fewer tokens were written than were asked for. */
function endWarnings(
  { generate }: AttentionSource,
  { endIds, description }: AttentionModel,
  ids: readonly number[],
): readonly TaskWarning[] {
  const written = ids.length;
  if (written >= generate) return [];
  return endIds.has(ids.at(-1) ?? -1)
    ? [{ code: 'generation-ended', details: { written, wanted: generate } }]
    : [{ code: 'generation-full', details: { written, wanted: generate, limit: description.maxTokens } }];
}

/** The capture of a continuation whose maps grew with it. */
function grownCapture(
  request: CaptureRequest,
  { maps, prediction }: { readonly maps: GrowingMaps; readonly prediction: Prediction },
  start: number,
): Capture {
  const tokens = capturedTokens(request);
  const stacks = [maps.upTo(tokens.source.ids.length)];
  return { ...tokens, stacks, prediction, bytes: mapBytes(stacks), runMs: performance.now() - start };
}
