import { editedPassage, foundPassage, type Passage } from './passage.ts';
import type { TextChange } from '../results/shiftSpan.ts';
import { modelName } from '../../shared/modelName.ts';
import type { AttentionShown } from '../../shared/attentionPanel.ts';
import type { AttentionSource } from '../../shared/attentionProtocol.ts';
import { Emitter } from '../../shared/emitter.ts';

/** One side of a panel: what is asked of the inference process, and where its text stands. */
export interface PanelSide {
  readonly source: AttentionSource;
  /** How the text is called: file name and line, or words of its own. */
  readonly label: string;
  /** Undefined for a text that is in no document (typed for a comparison). */
  readonly passage: Passage | undefined;
}

interface KeptSide extends PanelSide {
  /** The version in which this side's source was new. */
  readonly since: number;
}

/** What one panel shows, as a snapshot with a version that grows with every change the page has to hear of. */
export class PanelModel {
  readonly #changed = new Emitter<void>();
  readonly onDidChange = (listener: () => void) => this.#changed.on(listener);
  #sides: readonly KeptSide[];
  #isFollowing: boolean;
  #version = 1;

  constructor(sides: readonly PanelSide[], isFollowing: boolean) {
    this.#sides = sides.map((side) => ({ ...side, since: 1 }));
    this.#isFollowing = isFollowing;
  }

  get sides(): readonly PanelSide[] {
    return this.#sides;
  }

  get isFollowing(): boolean {
    return this.#isFollowing;
  }

  get shown(): AttentionShown {
    return {
      version: this.#version,
      sides: this.#sides.map(({ source, label, passage }) => ({
        source,
        title: this.#sides.length > 1 ? `${label}${modelSuffix(source.model)}` : label,
        isLinked: passage?.isIntact ?? false,
      })),
      isFollowing: this.#isFollowing,
      documents: this.#sides.map(
        ({ passage }) => passage && { uri: passage.document.uri, start: passage.place.start },
      ),
    };
  }

  /**
   * The source that a query of the page means; undefined when the page asks about what is no longer shown (its next
   * `show` is on the way).
   */
  sourceOf(side: number, version: number): AttentionSource | undefined {
    const kept = this.#sides[side];
    return kept !== undefined && version >= kept.since && version <= this.#version ? kept.source : undefined;
  }

  setFollowing(isFollowing: boolean): void {
    this.#isFollowing = isFollowing;
    this.#next();
  }

  /** Shows other sides. A side whose source stays the same keeps its answers. */
  setSides(sides: readonly PanelSide[]): void {
    const version = this.#version + 1;
    this.#sides = sides.map((side, index) => {
      const before = this.#sides[index];
      const isSame = before !== undefined && isSameSource(before.source, side.source);
      return { ...side, since: isSame ? before.since : version };
    });
    this.#next();
  }

  /** Changes one side's source. Does nothing for a side that is not there. */
  setSource(index: number, change: Partial<AttentionSource>): void {
    if (this.#sides[index] === undefined) return;
    this.setSides(
      this.#sides.map((side, at) =>
        at === index ? { ...side, source: { ...side.source, ...change } } : side,
      ),
    );
  }

  /** An edit of a document. The page hears of it only when a passage was lost or is back. */
  changeDocument(uri: string, changes: readonly TextChange[], content: () => string): void {
    if (changes.length > 0) this.#updatePassages(uri, (passage) => editedPassage(passage, changes, content));
  }

  /** A document was opened: what stands in it now? */
  openDocument(uri: string, content: string): void {
    this.#updatePassages(uri, (passage) => foundPassage(passage, content));
  }

  #updatePassages(uri: string, change: (passage: Passage) => Passage): void {
    const before = this.#sides;
    this.#sides = before.map((side) =>
      side.passage?.document.uri === uri ? { ...side, passage: change(side.passage) } : side,
    );
    const isTold = this.#sides.some(({ passage }, at) => passage?.isIntact !== before[at]?.passage?.isIntact);
    if (isTold) this.#next();
  }

  #next(): void {
    this.#version += 1;
    this.#changed.fire();
  }
}

/** What tells two sides of one text apart; a single side's model stands in the page's first line anyway. */
export function modelSuffix(model: string): string {
  return ` · ${modelName(model)}`;
}

/** The second side is the first's text under another model, rather than another text. */
export function comparesModels([first, second]: readonly PanelSide[]): boolean {
  return (
    first !== undefined &&
    second !== undefined &&
    first.source.text === second.source.text &&
    first.source.question === second.source.question
  );
}

export function isSameSource(a: AttentionSource, b: AttentionSource): boolean {
  const keys: readonly (keyof AttentionSource)[] = [
    'model',
    'task',
    'text',
    'question',
    'target',
    'window',
    'generate',
  ];
  return keys.every((key) => a[key] === b[key]);
}
