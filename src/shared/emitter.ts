import type { Disposable } from './disposable.ts';

/** Calls its listeners in order of subscription. The same idea as vscode's `EventEmitter`, without vscode. */
export class Emitter<T> implements Disposable {
  readonly #listeners = new Set<{ readonly call: (value: T) => void }>();

  /** Subscribes. The same function may subscribe twice; each subscription ends by itself. */
  on(listener: (value: T) => void): Disposable {
    const entry = { call: listener };
    this.#listeners.add(entry);
    return { dispose: () => void this.#listeners.delete(entry) };
  }

  /** Tells everyone who listens now; who subscribes from within a listener hears the next one. */
  fire(value: T): void {
    for (const entry of [...this.#listeners]) entry.call(value);
  }

  dispose(): void {
    this.#listeners.clear();
  }
}
