import { withDelayedProgress } from './delayedProgress.ts';
import { progressReport } from './progressText.ts';
import type { Wording } from '../base/wording.ts';
import type { ErrorPresenter } from '../messages/errorPresenter.ts';
import type { RunSource, TrackedRun } from '../results/run.ts';
import type { RunStore } from '../results/runStore.ts';
import type { InferenceLink } from '../../shared/inferenceProtocol.ts';
import type { TaskRequest } from '../../shared/taskProtocol.ts';

/** One request and where its text came from. */
export interface Job {
  readonly source: RunSource;
  readonly request: TaskRequest;
}

/** Sends requests to the inference process and keeps their results. */
export class TaskRunner {
  readonly #link: Pick<InferenceLink, 'run'>;
  readonly #store: RunStore;
  readonly #errors: ErrorPresenter;
  readonly #wording: Wording;
  readonly #log: (line: string) => void;
  readonly #hub: () => string;
  readonly #ensureModel: (model: string) => Promise<void>;

  constructor(parts: {
    readonly link: Pick<InferenceLink, 'run'>;
    readonly store: RunStore;
    readonly errors: ErrorPresenter;
    readonly wording: Wording;
    /** Takes a line for the log; it holds nothing of the texts. */
    readonly log: (line: string) => void;
    /** Address of the hub, for the words of a download's progress. */
    readonly hub: () => string;
    /** Settles before a model is used; asks the person where something must be fetched. */
    readonly ensureModel: (model: string) => Promise<void>;
  }) {
    this.#link = parts.link;
    this.#store = parts.store;
    this.#errors = parts.errors;
    this.#wording = parts.wording;
    this.#log = parts.log;
    this.#hub = parts.hub;
    this.#ensureModel = parts.ensureModel;
  }

  /**
   * Runs all jobs at once. What succeeds is stored and returned; what fails is shown, equal failures once. Never
   * throws.
   */
  async run(title: string, jobs: readonly Job[]): Promise<TrackedRun[]> {
    try {
      for (const model of new Set(jobs.map((job) => job.request.model))) await this.#ensureModel(model);
    } catch (error) {
      this.#errors.show(error);
      return [];
    }
    const outcomes = await withDelayedProgress(title, (signal, report) =>
      Promise.allSettled(
        jobs.map((job) =>
          this.#runOne(job, {
            signal,
            onProgress: (progress) => report(progressReport(progress, this.#hub(), this.#wording)),
          }),
        ),
      ),
    );
    const failures = outcomes.filter((outcome) => outcome.status === 'rejected');
    this.#errors.showAll(failures.map((failure): unknown => failure.reason));
    return outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  }

  async #runOne(job: Job, options: Parameters<InferenceLink['run']>[1]): Promise<TrackedRun> {
    const pending = this.#store.begin(job.source);
    try {
      const response = await this.#link.run(job.request, options);
      this.#errors.tellOnce(response.warnings);
      const { model, windows, ms, loadMs } = response;
      this.#log(
        `${response.task}: ${model.reference} (${model.precision} on ${model.device}), ${windows} windows, ${ms.toFixed(1)} ms, loading ${loadMs.toFixed(0)} ms`,
      );
      return this.#store.complete(pending, job.request, response);
    } finally {
      this.#store.abandon(pending);
    }
  }
}
