/** The values used last, by name. */
export class RecentlyUsed<T> {
  readonly #values = new Map<string, T>();
  #limit: number;

  /** @param limit how many are kept */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Another number of values that are kept; those too many go with the next `set`. */
  set limit(limit: number) {
    this.#limit = limit;
  }

  get(key: string): T | undefined {
    const value = this.#values.get(key);
    if (value === undefined) return undefined;
    // A Map keeps the order of insertion: what is used goes to its end.
    this.#values.delete(key);
    this.#values.set(key, value);
    return value;
  }

  set(key: string, value: T): void {
    this.#values.delete(key);
    this.#values.set(key, value);
    for (const oldest of this.#values.keys()) {
      if (this.#values.size <= this.#limit) break;
      this.#values.delete(oldest);
    }
  }

  clear(): void {
    this.#values.clear();
  }
}
