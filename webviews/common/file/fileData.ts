import type { AttentionFile, AttentionFileStack } from '../../../src/shared/attentionFile.ts';
import type {
  AttentionOverview,
  AttentionParams,
  AttentionQueries,
  AttentionQueryName,
  AttentionResult,
  AttentionStack,
  StackName,
} from '../../../src/shared/attentionProtocol.ts';
import { LoupeError } from '../../../src/shared/errors.ts';
import type { Ability, AskOptions, AttentionData } from '../attentionData.ts';
import type { LayerCells } from './decode.ts';
import { decodeLayer, decodeTokens } from './decode.ts';
import { cutMap, meanMap, tokenWeights } from './layers.ts';
import { thumbnailSide, thumbnailsOf } from './thumbnails.ts';

type Answers = {
  readonly [K in AttentionQueryName]?: (
    params: AttentionQueries[K]['params'],
  ) => Promise<AttentionQueries[K]['result']>;
};

/** Maps that travel by themselves: an exported page, a notebook's output. Decoded once, layer by layer. */
export class FileData implements AttentionData {
  readonly abilities: ReadonlySet<Ability>;
  readonly #file: AttentionFile;
  readonly #layers = new Map<string, Promise<LayerCells>>();
  readonly #answers: Answers;

  constructor(file: AttentionFile) {
    this.#file = file;
    this.abilities = new Set<Ability>(file.summaries === undefined ? [] : ['summaries']);
    this.#answers = {
      overview: () => this.#overview(),
      map: async (params) => cutMap(await this.#layer(params.stack, params.layer), params),
      tokenWeights: async (params) => tokenWeights(await this.#layer(params.stack, params.layer), params),
      aggregate: (params) => this.#aggregate(params),
      summaries: () => Promise.resolve(file.summaries ?? []),
    };
  }

  async ask<K extends AttentionQueryName>(
    name: K,
    params: AttentionParams<K>,
    { signal }: AskOptions,
  ): Promise<AttentionResult<K>> {
    const answer = this.#answers[name];
    if (!answer) throw new LoupeError('internal', { reason: `a file of maps cannot answer "${name}"` });
    const result = await answer(params);
    if (signal.aborted) throw new LoupeError('cancelled');
    return result;
  }

  #stack(name: StackName): AttentionFileStack {
    const stack = this.#file.stacks.find((one) => one.name === name);
    if (!stack) throw new LoupeError('internal', { reason: `these maps hold no ${name} attention` });
    return stack;
  }

  #layer(stack: StackName, index: number): Promise<LayerCells> {
    const key = `${stack} ${index}`;
    const known = this.#layers.get(key);
    if (known) return known;
    const layer = this.#stack(stack).layers[index];
    if (!layer) throw new LoupeError('internal', { reason: `these maps hold no layer ${index} of ${stack}` });
    const decoded = decodeLayer(layer);
    this.#layers.set(key, decoded);
    return decoded;
  }

  #allLayers(name: StackName): Promise<readonly LayerCells[]> {
    return Promise.all(this.#stack(name).layers.map((_, layer) => this.#layer(name, layer)));
  }

  async #aggregate(params: AttentionParams<'aggregate'>): Promise<AttentionResult<'aggregate'>> {
    if (params.kind !== 'mean')
      throw new LoupeError('internal', { reason: `a file of maps holds no ${params.kind}` });
    const layers =
      params.layer === undefined
        ? await this.#allLayers(params.stack)
        : [await this.#layer(params.stack, params.layer)];
    return meanMap(layers);
  }

  async #overview(): Promise<AttentionOverview> {
    const { model, source, target, prediction } = this.#file;
    const stacks = await Promise.all(this.#file.stacks.map((stack) => this.#overviewOf(stack)));
    return {
      model: {
        reference: model.reference,
        architecture: model.architecture ?? '',
        task: model.task,
        precision: model.precision ?? '',
        device: '',
      },
      windows: [],
      source: decodeTokens(source),
      target: target && decodeTokens(target),
      stacks,
      prediction,
      warnings: [],
      pooling: 1,
      bytes: stacks.reduce((sum, { thumbnails }) => sum + thumbnails.length, 0),
      quantisationError: 1 / 255,
      ms: { edit: 0, load: 0, run: 0 },
    };
  }

  async #overviewOf(stack: AttentionFileStack): Promise<AttentionStack> {
    const layers = await this.#allLayers(stack.name);
    const parts = layers.map(thumbnailsOf);
    const thumbnails = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      thumbnails.set(part, at);
      at += part.length;
    }
    return {
      name: stack.name,
      queries: stack.queries,
      keys: stack.keys,
      heads: layers.map(({ heads }) => heads),
      nodes: stack.layers.map(({ node }) => node ?? ''),
      thumbnailRows: thumbnailSide(layers[0]?.queries ?? 1),
      thumbnailColumns: thumbnailSide(layers[0]?.keys ?? 1),
      thumbnails,
    };
  }
}
