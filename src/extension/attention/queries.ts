import type { PanelModel } from './panelModel.ts';
import { isSameSource } from './panelModel.ts';
import type { AttentionQueryParams } from '../../shared/attentionPanel.ts';
import type { AttentionQueryName, AttentionResult, AttentionSource } from '../../shared/attentionProtocol.ts';
import { LoupeError } from '../../shared/errors.ts';
import type { CallOptions, InferenceLink } from '../../shared/inferenceProtocol.ts';

/** What a page may ask. Not `export`: where files are written is for the person to say, in a dialog. */
const askable: Readonly<Record<Exclude<AttentionQueryName, 'export'>, true>> = {
  overview: true,
  map: true,
  tokenWeights: true,
  aggregate: true,
  summaries: true,
  attribution: true,
  mask: true,
  importance: true,
  positions: true,
};

interface Asked {
  readonly side: number;
  readonly source: AttentionSource;
  readonly controller: AbortController;
}

/** Passes a page's queries on to the inference process, and drops those about what is no longer shown. */
export class PanelQueries {
  readonly #model: PanelModel;
  readonly #link: Pick<InferenceLink, 'attention'>;
  readonly #ensureModel: (model: string) => Promise<void>;
  readonly #asked = new Set<Asked>();
  readonly #here = new Set<string>();

  constructor(parts: {
    readonly model: PanelModel;
    readonly link: Pick<InferenceLink, 'attention'>;
    /** Settles before a model is used; asks the person where something must be fetched. */
    readonly ensureModel: (model: string) => Promise<void>;
  }) {
    this.#model = parts.model;
    this.#link = parts.link;
    this.#ensureModel = parts.ensureModel;
  }

  /** Queries that are under way. */
  get pending(): number {
    return this.#asked.size;
  }

  async ask(
    { side, version, name, params }: AttentionQueryParams,
    options: CallOptions & { readonly signal: AbortSignal },
  ): Promise<AttentionResult<AttentionQueryName>> {
    if (!Object.hasOwn(askable, name))
      throw new LoupeError('internal', { reason: `a page cannot ask for ${name}` });
    const source = this.#model.sourceOf(side, version);
    if (source === undefined) throw new LoupeError('cancelled');
    const asked: Asked = { side, source, controller: new AbortController() };
    const abort = () => asked.controller.abort();
    options.signal.addEventListener('abort', abort, { once: true });
    if (options.signal.aborted) abort();
    this.#asked.add(asked);
    try {
      await this.ensure(source.model);
      return await this.#link.attention(source, name, params, {
        ...options,
        signal: asked.controller.signal,
      });
    } finally {
      this.#asked.delete(asked);
      options.signal.removeEventListener('abort', abort);
    }
  }

  /** Ends the queries about texts or models that a panel has turned away from. */
  dropStale(): void {
    for (const { side, source, controller } of this.#asked) {
      const now = this.#model.sides[side]?.source;
      if (now === undefined || !isSameSource(now, source)) controller.abort();
    }
  }

  /** Looking whether a model is here reads files: once for each is enough. */
  async ensure(model: string): Promise<void> {
    if (this.#here.has(model)) return;
    await this.#ensureModel(model);
    this.#here.add(model);
  }
}
