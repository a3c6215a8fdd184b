import type {
  AttentionReady,
  AttentionShown,
  AttentionSide,
  AttentionViewState,
} from '../../src/shared/attentionPanel.ts';
import { LoupeError } from '../../src/shared/errors.ts';
import { RpcData } from '../common/rpcData.ts';
import type { HostLink } from './hostLink.ts';
import type { SideDescription } from './model/side.ts';
import { AttentionPage } from './page/page.ts';

/** Where the page keeps what outlives it: a hidden webview is thrown away and starts again. */
export interface Memory {
  load(): AttentionViewState | undefined;
  save(shown: AttentionShown, view: AttentionViewState | undefined): void;
}

/** Connects the attention page with the editor. */
export class Panel {
  readonly #root: HTMLElement;
  readonly #link: HostLink;
  readonly #memory: Memory;
  #page: AttentionPage | undefined;
  #shown: AttentionShown | undefined;
  #progressTokens = 0;

  constructor(root: HTMLElement, link: HostLink, memory: Memory) {
    this.#root = root;
    this.#link = link;
    this.#memory = memory;
  }

  /** Asks the host what to show, shows it, and follows from then on. */
  async start(): Promise<void> {
    this.#link.onShow((shown) => this.#show(shown));
    this.#link.onCursor((cursor) => this.#page?.moveCursor(cursor));
    try {
      const ready = await this.#link.ready();
      this.#page = this.#createPage(ready);
      this.#show(ready.shown);
    } catch (thrown) {
      // Without an answer there are no strings either; the host's message is already in the person's language.
      this.#root.textContent = LoupeError.from(thrown).message;
    }
  }

  #createPage({ strings, warnings, locale, view }: AttentionReady): AttentionPage {
    return new AttentionPage(this.#root, {
      strings,
      warnings,
      locale,
      view: this.#memory.load() ?? view,
      host: {
        act: (action) => this.#link.act(action),
        export: (params) => this.#link.export(params),
        highlight: (highlight) => void this.#link.highlight(highlight),
        persist: (state) => this.#persist(state),
      },
    });
  }

  #show(shown: AttentionShown): void {
    const page = this.#page;
    // Snapshots may cross: the later one counts.
    if (!page || (this.#shown && shown.version < this.#shown.version)) return;
    const isSame = JSON.stringify(this.#shown?.sides) === JSON.stringify(shown.sides);
    this.#shown = shown;
    if (isSame) page.setFollowing(shown.isFollowing);
    else
      page.show(
        shown.sides.map((side, index) => this.#describe(side, index, shown.version)),
        shown.isFollowing,
      );
    this.#persist(page.state);
  }

  /** A side asks about the version that it was made for: while the next one is loading it must not be given its weights. */
  #describe({ source, title, isLinked }: AttentionSide, side: number, version: number): SideDescription {
    const { text, question, target, window } = source;
    const nextToken = (): number => ++this.#progressTokens;
    return {
      title,
      isLinked,
      window,
      texts: { text, question, target },
      data: new RpcData(this.#link.connection, { side, version, nextToken }),
    };
  }

  #persist(view: AttentionViewState): void {
    if (this.#shown) this.#memory.save(this.#shown, view);
  }
}
