import type { Attached, Runner, Slot } from '../../core/scheduler/scheduler.ts';
import type { Priority } from '../../shared/taskProtocol.ts';
import { LoupeError } from '../../shared/errors.ts';

/** What the set needs of a lane. */
export interface Lane<Row, Output> extends Runner<Row, Output> {
  close(): Promise<void>;
}

/** How a lane is to run. */
export interface LaneKind {
  /** Threads inside one run. */
  readonly threads: number;
  /** Whether it gives way to everything else on the machine. */
  readonly background: boolean;
}

export interface LaneSetOptions<Row, Output, L extends Lane<Row, Output>> {
  readonly group: string;
  readonly soloRows: boolean;
  /** Threads inside one run of the interactive lane. */
  readonly threads: number;
  attach(slot: Slot, runner: Runner<Row, Output>): Attached;
  /** Starts a lane; `onDidDie` is called at most once, when it ends without having been closed. */
  start(kind: LaneKind, onDidDie: (reason: string) => void): Promise<L>;
  /** The set can work no more: a lane died and no other could take its place. */
  onDidFail(reason: LoupeError): void;
  log(line: string): void;
}

interface Place<L> {
  readonly lane: L;
  readonly kind: LaneKind;
  serves: readonly Priority[];
  attached: Attached;
}

const bulkKind: LaneKind = { threads: 1, background: true };
const both: readonly Priority[] = ['interactive', 'bulk'];

/**
 * The sessions of one model: one with several threads for interactive work, and after the first bulk work one
 * single-threaded session per core beside it (1.25 to 1.5 times the throughput of threads within a run). A lane that
 * dies is replaced.
 */
export class LaneSet<Row, Output, L extends Lane<Row, Output>> {
  readonly #options: LaneSetOptions<Row, Output, L>;
  readonly #places = new Set<Place<L>>();
  readonly #replacements = new Set<Promise<void>>();
  #opening: Promise<unknown> | undefined;
  #spread: Promise<void> | undefined;
  #lanes = 1;
  #isClosed = false;

  constructor(options: LaneSetOptions<Row, Output, L>) {
    this.#options = options;
  }

  /** Lanes that there are or will be in a moment. */
  get size(): number {
    return this.#lanes;
  }

  /** Whether the bulk lanes were asked for. */
  get isSpread(): boolean {
    return this.#spread !== undefined;
  }

  /** Starts the interactive lane, which takes bulk work too until there are lanes for it. Rejects as `start` does. */
  async open(): Promise<L> {
    const main = this.#add({ threads: this.#options.threads, background: false }, both);
    this.#opening = main;
    return (await main).lane;
  }

  /** Starts bulk lanes, the first time only. Work goes on meanwhile. */
  spread(lanes: number): void {
    if (this.#spread || this.#isClosed || lanes < 2) return;
    this.#lanes += lanes;
    this.#spread = this.#startBulkLanes(lanes);
  }

  /** Closes the bulk lanes, after their running batches; the first lane takes all work again. */
  contract(): void {
    if (!this.#spread || this.#isClosed) return;
    // Still spread until the last one is gone: new lanes meanwhile would only be closed too.
    this.#spread = this.#closeBulkLanes(this.#spread);
  }

  /** Closes all lanes, after their running batches. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.allSettled([this.#opening, this.#spread]);
    await Promise.all(this.#replacements);
    await Promise.all(
      [...this.#places].map(async ({ attached, lane }) => {
        await attached.detach();
        await lane.close();
      }),
    );
    this.#places.clear();
  }

  async #startBulkLanes(lanes: number): Promise<void> {
    const [main] = this.#places;
    const started = await Promise.allSettled(
      Array.from({ length: lanes }, () => this.#add(bulkKind, ['bulk'])),
    );
    const failures = started.filter((each) => each.status === 'rejected');
    this.#lanes -= failures.length;
    for (const { reason } of failures) this.#options.log(`bulk lane not started: ${String(reason)}`);
    if (main && failures.length < lanes) await this.#assign(main, ['interactive']);
  }

  async #closeBulkLanes(spread: Promise<void>): Promise<void> {
    await spread;
    await Promise.all(this.#replacements);
    const main = [...this.#places].find(({ kind }) => !kind.background);
    if (main) await this.#assign(main, both);
    for (const place of [...this.#places].filter(({ kind }) => kind.background)) {
      this.#places.delete(place);
      await place.attached.detach();
      await place.lane.close();
    }
    this.#lanes = 1;
    this.#spread = undefined;
  }

  /** From now on a lane takes other work: the interactive one keeps itself free once there are bulk lanes. */
  async #assign(place: Place<L>, serves: readonly Priority[]): Promise<void> {
    place.serves = serves;
    await place.attached.detach();
    // It may have died or been closed while its batch ran.
    if (this.#places.has(place)) place.attached = this.#attach(place.lane, serves);
  }

  async #add(kind: LaneKind, serves: readonly Priority[]): Promise<Place<L>> {
    // A lane dies in a later turn of the event loop than the one in which it is found ready.
    const lane = await this.#options.start(kind, (reason) => this.#replace(place, reason));
    const place: Place<L> = { lane, kind, serves, attached: this.#attach(lane, serves) };
    this.#places.add(place);
    return place;
  }

  #attach(lane: L, serves: readonly Priority[]): Attached {
    const { group, soloRows } = this.#options;
    return this.#options.attach({ group, soloRows, serves }, lane);
  }

  #replace(place: Place<L>, reason: string): void {
    this.#places.delete(place);
    void place.attached.detach();
    if (this.#isClosed) return;
    this.#options.log(`lane died, another is started: ${reason}`);
    const start = this.#add(place.kind, place.serves).then(
      () => undefined,
      (thrown: unknown) => this.#options.onDidFail(LoupeError.from(thrown)),
    );
    this.#replacements.add(start);
    void start.finally(() => this.#replacements.delete(start));
  }
}
