import type { Disposable } from '../../../src/shared/disposable.ts';

/** One widget for each side of the page: made when a side appears, let go of when it has gone. */
export class Panes<T extends Disposable> implements Disposable {
  readonly #create: (side: number) => T;
  #items: T[] = [];

  constructor(create: (side: number) => T) {
    this.#create = create;
  }

  /** The widgets of `count` sides. */
  of(count: number): readonly T[] {
    while (this.#items.length < count) this.#items.push(this.#create(this.#items.length));
    while (this.#items.length > count) this.#items.pop()?.dispose();
    return this.#items;
  }

  dispose(): void {
    this.of(0);
  }
}
