import type { Capture, CaptureRequest } from '../../../core/attention/capture.ts';
import { capture, captureLayer } from '../../../core/attention/capture.ts';
import type { EncodedSource } from '../../../core/attention/captureInput.ts';
import { encodeSource } from '../../../core/attention/captureInput.ts';
import { skippedWarnings } from '../../../core/attention/captureMaps.ts';
import { choosePooling, runBytes } from '../../../core/attention/captureSize.ts';
import type { LayerMaps } from '../../../core/attention/headMaps.ts';
import { checkPlace } from '../../../core/attention/places.ts';
import type { TextTokenizer } from '../../../core/text/textTokenizer.ts';
import type { AttentionSource, StackName } from '../../../shared/attentionProtocol.ts';
import { LoupeError } from '../../../shared/errors.ts';
import type { TaskWarning } from '../../../shared/taskProtocol.ts';
import { ByteLru } from './byteLru.ts';
import type { ModelSessions, PreparationMs } from './modelSessions.ts';

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
  readonly provider: string;
  readonly ms: PreparationMs & { readonly run: number };
  /** `warnings` of the text and of the graph. */
  readonly allWarnings: readonly TaskWarning[];
}

const megabyte = 1 << 20;

/** The maps of sources, worked out when first asked for and kept as long as there is room. */
export class Captures {
  readonly #options: CapturesOptions;
  readonly #held: ByteLru<Held>;
  /** Whole maps of single layers of texts whose maps are pooled. */
  readonly #layers: ByteLru<LayerMaps>;
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
  async of(source: AttentionSource): Promise<Held> {
    const key = JSON.stringify(source);
    return this.#held.get(key) ?? this.#once(`all ${key}`, () => this.#capture(source, key));
  }

  /** One layer's maps, never pooled. Rejects with `attention-place-missing`. */
  async layer(source: AttentionSource, stack: StackName, layer: number): Promise<LayerMaps> {
    const held = await this.of(source);
    const maps = held.stacks.find(({ name }) => name === stack);
    checkPlace(source.model, `${stack} layer`, layer, maps?.layers.length ?? 0);
    const whole = held.pooling === 1 ? maps?.layers[layer] : undefined;
    if (whole) return whole;
    const key = JSON.stringify([source, stack, layer]);
    return (
      this.#layers.get(key) ??
      this.#once(`layer ${key}`, () => this.#captureLayer(source, held, stack, layer, key))
    );
  }

  async #once<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
    const running = this.#running.get(key) as Promise<Result> | undefined;
    if (running) return running;
    const own = work().finally(() => this.#running.delete(key));
    this.#running.set(key, own);
    return own;
  }

  async #capture(source: AttentionSource, key: string): Promise<Held> {
    const { sessions, mapBudget, runBudget } = this.#options;
    const start = performance.now();
    const model = await sessions.describe();
    const describeMs = performance.now() - start;
    const encoded = await this.encode(source);
    const request = { model, tokenizer: this.#options.tokenizer, source, encoded, generated: [] };
    const facts = await sessions.facts();
    const sides = { source: encoded.window.ids.length, target: encoded.target?.ids.length ?? 0 };
    const { pooling, bytes } = choosePooling(facts, model, sides, mapBudget);
    const needed = runBytes(facts, model, sides) + bytes;
    if (needed > runBudget || bytes > mapBudget)
      throw new LoupeError('attention-memory', {
        tokens: sides.source + sides.target,
        needed: Math.ceil(needed / megabyte),
        limit: Math.floor(runBudget / megabyte),
      });
    this.#held.makeRoom(bytes);
    return sessions.use({ kind: 'bytes', pooling }, async ({ graphs, provider, ms }) => {
      const captured = await capture({ ...request, graphs }, pooling);
      const held = {
        ...captured,
        encoded,
        pooling,
        provider,
        ms: { edit: describeMs + ms.edit, load: ms.load, run: captured.runMs },
        allWarnings: [...captured.warnings, ...skippedWarnings(graphs), ...pooledWarning(pooling, sides)],
      };
      this.#held.set(key, held, captured.bytes);
      return held;
    });
  }

  async #captureLayer(
    source: AttentionSource,
    { encoded }: Held,
    stack: StackName,
    layer: number,
    key: string,
  ): Promise<LayerMaps> {
    const { sessions, tokenizer } = this.#options;
    const model = await sessions.describe();
    const request: Omit<CaptureRequest, 'graphs'> = { model, tokenizer, source, encoded, generated: [] };
    return sessions.use({ kind: 'bytes', pooling: 1 }, async ({ graphs }) => {
      const maps = await captureLayer({ ...request, graphs }, stack, layer);
      if (!maps) throw new LoupeError('internal', { reason: `no layer ${layer} in ${stack}` });
      this.#layers.set(key, maps, maps.cells.byteLength + maps.scales.byteLength);
      return maps;
    });
  }
}

function pooledWarning(
  pooling: number,
  sides: { readonly source: number; readonly target: number },
): readonly TaskWarning[] {
  if (pooling === 1) return [];
  return [{ code: 'attention-pooled', details: { tokens: sides.source + sides.target, pooling } }];
}
