import { createDeferred } from '../../../shared/deferred.ts';
import { LoupeError } from '../../../shared/errors.ts';

/** Something loaded that holds a session's memory. */
export interface Session {
  release(): Promise<void>;
}

export interface SessionPoolOptions<S extends Session> {
  readonly open: (kind: string) => Promise<S>;
  /** The kind that stays; the others go after `linger` milliseconds without use. */
  readonly staying: string;
  readonly linger: number;
  /** Asks for memory for one more session than there are; the first is granted already. */
  readonly grant: () => Promise<boolean>;
  /** There are so many sessions now. */
  readonly onDidChange: (count: number) => void;
}

interface Place<S> {
  readonly kind: string;
  readonly opening: Promise<S>;
  users: number;
  timer: NodeJS.Timeout | undefined;
}

/**
 * The sessions of one model, each made when first wanted. When there is no memory for one more, those that nobody uses
 * go first; with none of those, the one who asks waits until one is free. Do not ask for a second session while using
 * one: each might wait for the other.
 */
export class SessionPool<S extends Session> {
  readonly #options: SessionPoolOptions<S>;
  readonly #places = new Map<string, Place<S>>();
  #line: Promise<unknown> = Promise.resolve();
  #changed = createDeferred<undefined>();
  #isClosed = false;

  constructor(options: SessionPoolOptions<S>) {
    this.#options = options;
  }

  /** Works with the session of a kind, which stays for as long. `loadMs` is 0 when it was there. */
  async use<Result>(kind: string, work: (session: S, loadMs: number) => Promise<Result>): Promise<Result> {
    const start = performance.now();
    const wasThere = this.#places.has(kind);
    const place = this.#places.get(kind) ?? (await this.#make(kind));
    place.users++;
    clearTimeout(place.timer);
    try {
      const session = await place.opening;
      return await work(session, wasThere ? 0 : performance.now() - start);
    } finally {
      place.users--;
      if (kind !== this.#options.staying && !this.#isClosed)
        place.timer = setTimeout(() => void this.#drop(place), this.#options.linger).unref();
      this.#notify();
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const place of [...this.#places.values()]) await this.#drop(place);
  }

  /** One at a time: each counts what the one before has taken. */
  #make(kind: string): Promise<Place<S>> {
    const place = this.#line.then(() => this.#makeNext(kind));
    this.#line = place.catch(() => undefined);
    return place;
  }

  async #makeNext(kind: string): Promise<Place<S>> {
    // Another query may have made it while this one waited.
    const there = this.#places.get(kind);
    if (there) return there;
    while (!(await this.#hasRoom())) {
      const idle = [...this.#places.values()].find(({ users }) => users === 0);
      if (idle) await this.#drop(idle);
      else await this.#changed.promise;
    }
    if (this.#isClosed) throw new LoupeError('cancelled');
    const place: Place<S> = { kind, opening: this.#options.open(kind), users: 0, timer: undefined };
    this.#places.set(kind, place);
    // Told here too: a grant may have been lost to an earlier report that crossed it.
    this.#options.onDidChange(this.#places.size);
    // The one who uses it hears of the failure; the place must not stay.
    place.opening.catch(() => this.#remove(place));
    return place;
  }

  async #hasRoom(): Promise<boolean> {
    return this.#places.size === 0 || this.#options.grant();
  }

  async #drop(place: Place<S>): Promise<void> {
    if (place.users > 0 || this.#places.get(place.kind) !== place) return;
    clearTimeout(place.timer);
    this.#places.delete(place.kind);
    try {
      await (await place.opening).release();
    } finally {
      this.#options.onDidChange(this.#places.size);
      this.#notify();
    }
  }

  #remove(place: Place<S>): void {
    if (this.#places.get(place.kind) === place) this.#places.delete(place.kind);
    this.#options.onDidChange(this.#places.size);
    this.#notify();
  }

  #notify(): void {
    this.#changed.resolve(undefined);
    this.#changed = createDeferred();
  }
}
