/** Calls back once nobody has been in for a while. Does not keep the process alive. */
export class IdleTimer {
  readonly #delay: number;
  readonly #onIdle: () => void;
  #inside = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param delay milliseconds between the last one leaving and the call */
  constructor(delay: number, onIdle: () => void) {
    this.#delay = delay;
    this.#onIdle = onIdle;
  }

  enter(): void {
    this.#inside++;
    clearTimeout(this.#timer);
  }

  leave(): void {
    this.#inside--;
    if (this.#inside === 0) this.#timer = setTimeout(this.#onIdle, this.#delay).unref();
  }
}
