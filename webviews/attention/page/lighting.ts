import type { AttentionHighlight } from '../../../src/shared/attentionPanel.ts';
import type { AttentionTokens, StackName } from '../../../src/shared/attentionProtocol.ts';
import type { Disposable } from '../../../src/shared/disposable.ts';
import type { Side } from '../model/side.ts';
import type { PageHost, TokenMark } from './context.ts';

/** Lights up the characters of tokens in the document, at most once a frame. */
export class Lighting implements Disposable {
  readonly #host: PageHost | undefined;
  readonly #sides: () => readonly Side[];
  #next: AttentionHighlight | undefined;
  #last = '';
  #frame = 0;

  constructor(host: PageHost | undefined, sides: () => readonly Side[]) {
    this.#host = host;
    this.#sides = sides;
  }

  light(index: number, stackName: StackName, marks: readonly TokenMark[]): void {
    const side = this.#sides()[index];
    const stack = side?.stack(stackName);
    if (!this.#host || !side?.description.isLinked || !stack) return;
    const spans = marks.flatMap((mark) => {
      const tokens = side.tokens(stack, mark.along);
      // The target is no part of the document: the model wrote it.
      if (!tokens || tokens !== side.loaded?.source) return [];
      return spanOf(tokens, mark, side.description.texts.question !== undefined);
    });
    this.#next = { side: index, spans };
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#send());
  }

  dispose(): void {
    cancelAnimationFrame(this.#frame);
  }

  #send(): void {
    this.#frame = 0;
    const key = JSON.stringify(this.#next);
    if (!this.#next || key === this.#last) return;
    this.#last = key;
    this.#host?.highlight(this.#next);
  }
}

/** The characters of a mark's tokens in the side's text; none for special tokens and those of the question. */
function spanOf(tokens: AttentionTokens, mark: TokenMark, isPair: boolean): AttentionHighlight['spans'] {
  if (tokens.sequence[mark.first] !== (isPair ? 1 : 0)) return [];
  const start = tokens.offsets[2 * mark.first] ?? 0;
  const end = tokens.offsets[2 * mark.end - 1] ?? 0;
  return end > start ? [{ start, end, weight: mark.weight }] : [];
}
