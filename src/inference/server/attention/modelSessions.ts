import type { GraphFacts, ModelGraphs } from '../../../core/attention/capture/graph.ts';
import type { AttentionModel } from '../../../core/attention/capture/model.ts';
import { describeAttentionModel } from '../../../core/attention/capture/model.ts';
import type { LocalModel, ModelWeights } from '../../../core/models/modelDescription.ts';
import type { AttentionEdit, EditedGraph } from '../../../core/onnx/attentionGraph.ts';
import { editAttention } from '../../../core/onnx/editAttention.ts';
import type { OpenGraph } from './openGraph.ts';
import { openGraph } from './openGraph.ts';
import { SessionPool } from './sessionPool.ts';

/** Milliseconds that a session for experiments or exports stays after its last use. */
const linger = 60_000;

/** `plain`: the model as it is. `isFrugal`: for runs over many tokens, it keeps no memory between runs. */
export type SessionKind = (AttentionEdit | { readonly kind: 'plain' }) & { readonly isFrugal?: boolean };

const base: AttentionEdit = { kind: 'bytes', pooling: 1 };

export interface ModelSessionsOptions {
  readonly model: LocalModel;
  readonly weights: ModelWeights;
  readonly threads: number;
  readonly provider: string;
  readonly grant: () => Promise<boolean>;
  readonly onDidChange: (count: number) => void;
}

/** Loaded graphs of a model: one, or encoder and decoder. */
interface LoadedGraphs extends ModelGraphs {
  readonly provider: string;
  release(): Promise<void>;
}

/** Milliseconds that a query spent on getting ready. */
export interface PreparationMs {
  readonly edit: number;
  readonly load: number;
}

/** What `use` hands out. */
export interface SessionUse {
  readonly graphs: ModelGraphs;
  /** The execution provider really used. */
  readonly provider: string;
  readonly ms: PreparationMs;
}

/** A model's edited graphs and their sessions, each made when first wanted. */
export class ModelSessions {
  readonly #options: ModelSessionsOptions;
  readonly #pool: SessionPool<LoadedGraphs>;
  readonly #edits = new Map<string, Promise<EditedGraph>>();
  #described: Promise<AttentionModel> | undefined;

  constructor(options: ModelSessionsOptions) {
    this.#options = options;
    this.#pool = new SessionPool({
      open: (kind) => this.#open(JSON.parse(kind) as SessionKind),
      staying: keyOf(base),
      linger,
      grant: options.grant,
      onDidChange: options.onDidChange,
    });
  }

  /** The model as its graphs and config.json describe it. Rejects as `editAttention` does, and with `attention-none`. */
  describe(): Promise<AttentionModel> {
    this.#described ??= this.#describe();
    return this.#described;
  }

  async #describe(): Promise<AttentionModel> {
    try {
      const { main, encoder } = await this.facts();
      return await describeAttentionModel(this.#options.model.description, { main, encoder });
    } catch (thrown) {
      // A file that could not be read may be there the next time.
      this.#described = undefined;
      throw thrown;
    }
  }

  /** What is known of the graphs without loading them. */
  async facts(): Promise<{
    readonly main: { readonly facts: GraphFacts };
    readonly encoder: { readonly facts: GraphFacts } | undefined;
  }> {
    const { file, encoder } = this.#options.weights;
    return {
      main: { facts: await this.#edit(file, base) },
      encoder: encoder === undefined ? undefined : { facts: await this.#edit(encoder, base) },
    };
  }

  /** Works with a kind of session. Rejects with `model-load-failed` and the errors of `editAttention` and of `work`. */
  async use<Result>(kind: SessionKind, work: (use: SessionUse) => Promise<Result>): Promise<Result> {
    const start = performance.now();
    await this.#editAll(kind);
    const edit = performance.now() - start;
    return this.#pool.use(keyOf(kind), (graphs, load) =>
      work({ graphs, provider: graphs.provider, ms: { edit, load } }),
    );
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  async #editAll(kind: SessionKind): Promise<void> {
    const { file, encoder } = this.#options.weights;
    await this.#edit(file, kind);
    if (encoder !== undefined) await this.#edit(encoder, kind);
  }

  /** Edited graphs are some hundred KB: they stay. */
  #edit(file: string, kind: SessionKind): Promise<EditedGraph> {
    const wanted = editOf(kind);
    const key = JSON.stringify([file, wanted]);
    let edit = this.#edits.get(key);
    if (!edit) {
      edit = editAttention(file, wanted, this.#options.model.description.reference);
      this.#edits.set(key, edit);
      edit.catch(() => this.#edits.delete(key));
    }
    return edit;
  }

  async #open(kind: SessionKind): Promise<LoadedGraphs> {
    const { file, encoder } = this.#options.weights;
    const main = await this.#load(file, kind);
    if (encoder === undefined)
      return {
        main,
        encoder: undefined,
        provider: main.session.provider,
        release: () => main.session.release(),
      };
    try {
      const own = await this.#load(encoder, kind);
      return {
        main,
        encoder: own,
        provider: main.session.provider,
        release: async () => {
          await main.session.release();
          await own.session.release();
        },
      };
    } catch (thrown) {
      await main.session.release();
      throw thrown;
    }
  }

  async #load(
    file: string,
    kind: SessionKind,
  ): Promise<{ readonly facts: GraphFacts; readonly session: OpenGraph }> {
    const { threads, provider, model } = this.#options;
    const edited = await this.#edit(file, kind);
    const graph = kind.kind === 'plain' ? file : { bytes: edited.model, weightsFolder: edited.weightsFolder };
    const session = await openGraph(
      { graph, threads, provider, arena: kind.isFrugal !== true },
      model.description.reference,
    );
    return { facts: edited, session };
  }
}

function keyOf({ isFrugal = false, ...kind }: SessionKind): string {
  return JSON.stringify(isFrugal ? { ...kind, isFrugal } : kind);
}

/** Of the plain model, the base edit tells inputs and outputs. */
function editOf(kind: SessionKind): AttentionEdit {
  switch (kind.kind) {
    case 'plain':
      return base;
    case 'bytes':
      return { kind: 'bytes', pooling: kind.pooling };
    default:
      return { kind: kind.kind };
  }
}
