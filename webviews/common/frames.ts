import type { Disposable } from '../../src/shared/disposable.ts';

/** Rounds of a frame: the page draws itself, which makes pictures paint themselves, which may change their layout once. */
const mostRounds = 4;

/**
 * Does work once a frame, however often it is asked for. Work that is asked for by work of the frame is done in the same
 * frame: an answer is on the screen one frame after it has arrived, not two.
 */
export class Frames implements Disposable {
  readonly #tasks = new Set<() => void>();
  #request = 0;
  #isRunning = false;

  /** @param task the same function asked for again before it ran runs once */
  ask(task: () => void): void {
    this.#tasks.add(task);
    if (this.#request === 0 && !this.#isRunning) this.#request = requestAnimationFrame(() => this.#run());
  }

  /** Takes back what was asked for. */
  cancel(task: () => void): void {
    this.#tasks.delete(task);
  }

  dispose(): void {
    cancelAnimationFrame(this.#request);
    this.#tasks.clear();
  }

  #run(): void {
    this.#request = 0;
    this.#isRunning = true;
    try {
      for (let round = 0; round < mostRounds && this.#tasks.size > 0; round += 1) {
        const tasks = [...this.#tasks];
        this.#tasks.clear();
        for (const task of tasks) task();
      }
    } finally {
      this.#isRunning = false;
      if (this.#tasks.size > 0) this.#request = requestAnimationFrame(() => this.#run());
    }
  }
}
