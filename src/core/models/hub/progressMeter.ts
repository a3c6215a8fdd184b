import type { TaskProgress } from '../../../shared/taskProtocol.ts';
import type { HubFile } from './listing.ts';

const intervalMs = 100;

/**
 * Adds up the progress of files that are downloaded one after the other: bytes of all of them together when the hub
 * told their sizes, else of the file at hand. At most ten reports a second, and one at each file's end.
 */
export class ProgressMeter {
  readonly #report: ((progress: TaskProgress) => void) | undefined;
  readonly #total: number | undefined;
  #finished = 0;
  #last = 0;

  constructor(report: ((progress: TaskProgress) => void) | undefined, planned: readonly HubFile[]) {
    this.#report = report;
    const sizes = planned.map((file) => file.bytes);
    this.#total = sizes.includes(undefined)
      ? undefined
      : sizes.reduce<number>((sum, bytes) => sum + (bytes ?? 0), 0);
  }

  /** `loaded` bytes of `file` are here; its own size is `total`. */
  update(file: string, loaded: number, total: number | undefined): void {
    const now = Date.now();
    if (loaded !== total && now - this.#last < intervalMs) return;
    this.#last = now;
    this.#report?.(
      this.#total === undefined
        ? { kind: 'download', file, loaded, total }
        : { kind: 'download', file, loaded: this.#finished + loaded, total: this.#total },
    );
  }

  /** A file of `bytes` is done; the next begins. */
  finish(bytes: number | undefined): void {
    this.#finished += bytes ?? 0;
  }
}
