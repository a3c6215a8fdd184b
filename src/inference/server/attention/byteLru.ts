/** Keeps what was used last, up to a number of bytes together; one thing larger than that is kept alone. */
export class ByteLru<Value> {
  readonly #limit: number;
  /** In order of use, the least recent first. */
  readonly #items = new Map<string, { readonly value: Value; readonly bytes: number }>();
  #bytes = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(key: string): Value | undefined {
    const item = this.#items.get(key);
    if (!item) return undefined;
    this.#items.delete(key);
    this.#items.set(key, item);
    return item.value;
  }

  /** Puts something in, and others out as far as they have no room any more. */
  set(key: string, value: Value, bytes: number): void {
    this.delete(key);
    this.makeRoom(bytes);
    this.#items.set(key, { value, bytes });
    this.#bytes += bytes;
  }

  /** Puts the least recently used out until so many bytes fit: before they are made, so that both never lie beside each other. */
  makeRoom(bytes: number): void {
    for (const key of this.#items.keys()) {
      if (this.#bytes + bytes <= this.#limit) return;
      this.delete(key);
    }
  }

  delete(key: string): void {
    const item = this.#items.get(key);
    if (!item) return;
    this.#items.delete(key);
    this.#bytes -= item.bytes;
  }
}
