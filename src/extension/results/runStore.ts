import { Emitter } from '../../shared/emitter.ts';
import {
  applyChanges,
  overlaps,
  rescueCandidates,
  shiftSpan,
  stretchSpan,
  type TextChange,
} from './shiftSpan.ts';
import { resultText, type Run, type RunSource, type TrackedRun } from './run.ts';
import type { TaskRequest, TaskResponse } from '../../shared/taskProtocol.ts';
import type { TextSpan } from '../../shared/textSpan.ts';

/** Results kept at most; the oldest go first. The results view and its welcome text say the first number. */
export const keptRuns = 100;
/** UTF-16 units of analysed text kept at most, all results together (the newest result stays in any case). */
export const keptCharacters = 20_000_000;

/** A run whose answer is awaited, with the edits of its document since its text was read. */
export interface PendingRun {
  readonly source: RunSource;
  readonly edits: (readonly TextChange[])[];
}

/** The results of this window, newest first, in memory only, moving with their documents. */
export class RunStore {
  readonly #changed = new Emitter<void>();
  readonly onDidChange = (listener: () => void) => this.#changed.on(listener);
  readonly #pending = new Set<PendingRun>();
  #runs: readonly TrackedRun[] = [];
  #lastId = 0;

  /** Newest first. */
  get all(): readonly TrackedRun[] {
    return this.#runs;
  }

  get(id: number): TrackedRun | undefined {
    return this.#runs.find((tracked) => tracked.run.id === id);
  }

  ofDocument(uri: string): readonly TrackedRun[] {
    return this.#runs.filter((tracked) => tracked.run.source.uri === uri);
  }

  /** Call when the text is read, before the model answers: edits made meanwhile move the result too. */
  begin(source: RunSource): PendingRun {
    const pending: PendingRun = { source, edits: [] };
    this.#pending.add(pending);
    return pending;
  }

  /** The request failed or was cancelled. */
  abandon(pending: PendingRun): void {
    this.#pending.delete(pending);
  }

  complete(pending: PendingRun, request: TaskRequest, response: TaskResponse): TrackedRun {
    this.#pending.delete(pending);
    const { span, anchor } = pending.source;
    const run: Run = { id: ++this.#lastId, source: pending.source, request, response };
    const asRead: TrackedRun = {
      run,
      place: span,
      anchor,
      spans: run.response.results.map((result) => ({
        start: span.start + result.start,
        end: span.start + result.end,
      })),
    };
    const tracked = pending.edits.reduce((tracked, edit) => edited(tracked, edit), asRead);
    this.#set(capped([tracked, ...this.#runs]));
    return tracked;
  }

  remove(id: number): void {
    this.#set(this.#runs.filter((tracked) => tracked.run.id !== id));
  }

  clear(): void {
    this.#set([]);
  }

  /**
   * Moves what the changes moved and drops what they touched, unless the very same text stands in the replacement.
   * `text` gives the document's text after the edit.
   */
  changeDocument(uri: string, changes: readonly TextChange[], text: () => string): void {
    if (changes.length === 0) return;
    for (const pending of this.#pending) if (pending.source.uri === uri) pending.edits.push(changes);
    this.#update(uri, (tracked) => rescued(edited(tracked, changes), tracked, changes, text));
  }

  /** For a document that was opened again: drops parts whose text is no longer what the model saw. */
  verifyDocument(uri: string, text: string): void {
    this.#update(uri, (tracked) => {
      const holds = (span: TextSpan | undefined, seen: string) =>
        span !== undefined && text.slice(span.start, span.end) === seen ? span : undefined;
      const { run, place } = tracked;
      return {
        ...tracked,
        place: { start: Math.min(place.start, text.length), end: Math.min(place.end, text.length) },
        anchor: holds(tracked.anchor, run.source.anchorText),
        spans: tracked.spans.map((span, index) => holds(span, resultText(run, index))),
      };
    });
  }

  #update(uri: string, change: (tracked: TrackedRun) => TrackedRun): void {
    if (!this.#runs.some((tracked) => tracked.run.source.uri === uri)) return;
    this.#set(this.#runs.map((tracked) => (tracked.run.source.uri === uri ? change(tracked) : tracked)));
  }

  #set(runs: readonly TrackedRun[]): void {
    this.#runs = runs;
    this.#changed.fire();
  }
}

/**
 * Runs that are drawn: of the same task on the same text only the newest. The others stay in the results view.
 * Takes and gives them newest first.
 */
export function drawnRuns(runs: readonly TrackedRun[]): TrackedRun[] {
  const drawn: TrackedRun[] = [];
  for (const tracked of runs) {
    const isCovered = drawn.some(
      (newer) =>
        newer.run.request.task === tracked.run.request.task &&
        overlaps(newer.anchor ?? newer.place, tracked.anchor ?? tracked.place),
    );
    if (!isCovered) drawn.push(tracked);
  }
  return drawn;
}

function edited(tracked: TrackedRun, changes: readonly TextChange[]): TrackedRun {
  return {
    ...tracked,
    place: applyChanges(tracked.place, changes, stretchSpan),
    anchor: tracked.anchor && applyChanges(tracked.anchor, changes, shiftSpan),
    spans: tracked.spans.map((span) => span && applyChanges(span, changes, shiftSpan)),
  };
}

/** `after` with those parts back in place whose text the edit replaced by the same text. */
function rescued(
  after: TrackedRun,
  before: TrackedRun,
  changes: readonly TextChange[],
  text: () => string,
): TrackedRun {
  const { run } = before;
  const find = (was: TextSpan | undefined, seen: () => string) =>
    was && rescueCandidates(was, changes).find(({ start, end }) => text().slice(start, end) === seen());
  return {
    ...after,
    anchor: after.anchor ?? find(before.anchor, () => run.source.anchorText),
    spans: after.spans.map((span, index) => span ?? find(before.spans[index], () => resultText(run, index))),
  };
}

function capped(runs: readonly TrackedRun[]): readonly TrackedRun[] {
  let characters = 0;
  return runs.slice(0, keptRuns).filter((tracked, index) => {
    characters += tracked.run.request.text.length;
    return index === 0 || characters <= keptCharacters;
  });
}
