import type { AttentionHighlight } from '../../../src/shared/attentionPanel.ts';
import type { AttentionStack, StackName } from '../../../src/shared/attentionProtocol.ts';
import type { Disposable } from '../../../src/shared/disposable.ts';
import type { Side } from '../model/side.ts';
import type { PageHost, TokenMark } from './context.ts';

/** Lights up the characters of tokens in the document, at most once a frame. */
export class Lighting implements Disposable {
  readonly #host: PageHost | undefined;
  readonly #sides: () => readonly Side[];
  /** By side: what is to be lit up at the next frame, and what is. */
  readonly #next = new Map<number, AttentionHighlight>();
  readonly #last = new Map<number, string>();
  #frame = 0;

  constructor(host: PageHost | undefined, sides: () => readonly Side[]) {
    this.#host = host;
    this.#sides = sides;
  }

  light(index: number, stackName: StackName, marks: readonly TokenMark[]): void {
    const side = this.#sides()[index];
    const stack = side?.stack(stackName);
    if (!this.#host || !side?.description.isLinked || !stack) return;
    this.#next.set(index, { side: index, spans: spansOf(side, stack, marks) });
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#send());
  }

  /** The sides are others now: what was lit up is gone with the old ones. */
  forget(): void {
    this.#next.clear();
    this.#last.clear();
  }

  dispose(): void {
    cancelAnimationFrame(this.#frame);
  }

  #send(): void {
    this.#frame = 0;
    for (const [side, highlight] of this.#next) {
      const key = JSON.stringify(highlight);
      if (key === this.#last.get(side)) continue;
      this.#last.set(side, key);
      this.#host?.highlight(highlight);
    }
    this.#next.clear();
  }
}

/** The characters of tokens in the side's text; none for special tokens, those of the question, and those that the model wrote. */
export function spansOf(
  side: Side,
  stack: AttentionStack,
  marks: readonly TokenMark[],
): AttentionHighlight['spans'] {
  const sequence = side.description.texts.question === undefined ? 0 : 1;
  return marks.flatMap(({ along, first, end, weight }) => {
    const tokens = side.tokens(stack, along);
    // The target is no part of the document.
    if (!tokens || tokens !== side.loaded?.source || tokens.sequence[first] !== sequence) return [];
    const start = tokens.offsets[2 * first] ?? 0;
    const stop = tokens.offsets[2 * end - 1] ?? 0;
    return stop > start && tokens.generated[first] !== 1 ? [{ start, end: stop, weight }] : [];
  });
}
