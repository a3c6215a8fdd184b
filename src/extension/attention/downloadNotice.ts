import { withDelayedProgress, type ProgressReport } from '../inference/delayedProgress.ts';
import { createDeferred } from '../../shared/deferred.ts';

/**
 * A notification for a query that turns out to download its model: a download may take long, and the panel may be out
 * of sight. Everything else that takes time is told by the panel alone.
 */
export class DownloadNotice {
  readonly #title: string;
  readonly #cancel: () => void;
  readonly #end = createDeferred<undefined>();
  #report: ((progress: ProgressReport) => void) | undefined;

  /** @param cancel what the notification's Cancel does */
  constructor(title: string, cancel: () => void) {
    this.#title = title;
    this.#cancel = cancel;
  }

  /** Shows how far the download is, from its first report on. */
  tell(progress: ProgressReport): void {
    if (this.#report === undefined)
      void withDelayedProgress(this.#title, (signal, report) => {
        this.#report = report;
        signal.addEventListener('abort', this.#cancel, { once: true });
        return this.#end.promise;
      });
    this.#report?.(progress);
  }

  end(): void {
    this.#end.resolve(undefined);
  }
}
