/** Something to be let go of. Compatible with vscode's own type, so a `DisposableStore` takes either. */
export interface Disposable {
  dispose(): void;
}

/**
 * Collects what must be let go of together. What is added after `dispose` is disposed at once: a part that finishes
 * starting while its owner shuts down would otherwise leak.
 */
export class DisposableStore implements Disposable {
  readonly #items = new Set<Disposable>();
  #isDisposed = false;

  get isDisposed(): boolean {
    return this.#isDisposed;
  }

  /** Takes over `item` and returns it. */
  add<T extends Disposable>(item: T): T {
    if (this.#isDisposed) item.dispose();
    else this.#items.add(item);
    return item;
  }

  /** Takes over a clean-up function. */
  defer(dispose: () => void): void {
    this.add({ dispose });
  }

  /** Lets go of everything, newest first. When some fail, all are still tried, then the failures are thrown together. */
  dispose(): void {
    this.#isDisposed = true;
    const items = [...this.#items].reverse();
    this.#items.clear();
    const failures: unknown[] = [];
    for (const item of items) {
      try {
        item.dispose();
      } catch (failure) {
        failures.push(failure);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'Some parts could not be disposed.');
  }
}
