import type {
  AttentionParams,
  AttentionQueryName,
  AttentionResult,
} from '../../src/shared/attentionProtocol.ts';
import type { Disposable } from '../../src/shared/disposable.ts';
import { LoupeError } from '../../src/shared/errors.ts';
import type { TaskProgress } from '../../src/shared/taskProtocol.ts';
import type { AttentionData } from './attentionData.ts';
import { RecentlyUsed } from './recentlyUsed.ts';

/** An answer on its way, here, or refused. */
export type Loadable<T> =
  | { readonly status: 'idle' }
  | { readonly status: 'loading'; readonly progress: TaskProgress | undefined }
  | { readonly status: 'ready'; readonly value: T }
  | { readonly status: 'failed'; readonly error: LoupeError };

interface Running {
  readonly abort: AbortController;
  progress: TaskProgress | undefined;
}

export interface QuestionsOptions {
  /** Called whenever `want` or `peek` would say something else than before. */
  readonly onChange: () => void;
  /** How many answers are kept at least. */
  readonly keep: number;
}

/**
 * Asks one kind of question and remembers the last answers. What is no longer wanted is cancelled, so of fifty quick
 * clicks only the last one costs anything.
 */
export class Questions<K extends AttentionQueryName> implements Disposable {
  readonly #data: AttentionData;
  readonly #name: K;
  readonly #options: QuestionsOptions;
  readonly #answers: RecentlyUsed<AttentionResult<K>>;
  readonly #failures = new Map<string, LoupeError>();
  readonly #running = new Map<string, Running>();

  constructor(data: AttentionData, name: K, options: QuestionsOptions) {
    this.#data = data;
    this.#name = name;
    this.#options = options;
    this.#answers = new RecentlyUsed(options.keep);
  }

  /** The answers to exactly these questions: asks those that are new and cancels all others. */
  want(list: readonly AttentionParams<K>[]): readonly Loadable<AttentionResult<K>>[] {
    const wanted = new Map(list.map((params) => [JSON.stringify(params), params]));
    // Answers that are wanted together have to be kept together, or they would be asked for in turn for ever.
    this.#answers.limit = Math.max(this.#options.keep, wanted.size);
    for (const [key, { abort }] of this.#running) {
      if (wanted.has(key)) continue;
      this.#running.delete(key);
      abort.abort();
    }
    for (const [key, params] of wanted) if (this.#state(key).status === 'idle') this.#start(key, params);
    return [...wanted.keys()].map((key) => this.#state(key));
  }

  /** As `want` for one question. */
  get(params: AttentionParams<K>): Loadable<AttentionResult<K>> {
    return this.want([params])[0] ?? { status: 'idle' };
  }

  /** What is known about a question, without asking it. */
  peek(params: AttentionParams<K>): Loadable<AttentionResult<K>> {
    return this.#state(JSON.stringify(params));
  }

  /** Cancels whatever is on its way. */
  cancel(): void {
    for (const { abort } of this.#running.values()) abort.abort();
    this.#running.clear();
    this.#options.onChange();
  }

  /** Forgets failures, so that the next `want` asks again. */
  retry(): void {
    this.#failures.clear();
    this.#options.onChange();
  }

  dispose(): void {
    for (const { abort } of this.#running.values()) abort.abort();
    this.#running.clear();
    this.#answers.clear();
  }

  #state(key: string): Loadable<AttentionResult<K>> {
    const value = this.#answers.get(key);
    if (value !== undefined) return { status: 'ready', value };
    const error = this.#failures.get(key);
    if (error !== undefined) return { status: 'failed', error };
    const running = this.#running.get(key);
    return running === undefined ? { status: 'idle' } : { status: 'loading', progress: running.progress };
  }

  #start(key: string, params: AttentionParams<K>): void {
    const running: Running = { abort: new AbortController(), progress: undefined };
    this.#running.set(key, running);
    const isCurrent = (): boolean => this.#running.get(key) === running;
    const onProgress = (progress: TaskProgress): void => {
      if (!isCurrent()) return;
      running.progress = progress;
      this.#options.onChange();
    };
    this.#data.ask(this.#name, params, { signal: running.abort.signal, onProgress }).then(
      (value) => {
        if (!isCurrent()) return;
        this.#running.delete(key);
        this.#answers.set(key, value);
        this.#options.onChange();
      },
      (thrown: unknown) => {
        if (!isCurrent()) return;
        this.#running.delete(key);
        this.#failures.set(key, LoupeError.from(thrown));
        this.#options.onChange();
      },
    );
  }
}
