import type { TaskRequest, TaskResponse } from '../../shared/taskProtocol.ts';
import type { TextSpan } from '../../shared/textSpan.ts';

/** How a document is called, and what it takes to find it again. */
export interface DocumentName {
  /** The document's URI as text. */
  readonly uri: string;
  /** What to call the document: its file name, or the notebook's with the cell's number. */
  readonly name: string;
  /** The notebook and the cell's index, for reopening; only of notebook cells. */
  readonly cell?: { readonly notebook: string; readonly index: number };
}

/** Where the analysed text came from. */
export interface RunSource extends DocumentName {
  /** The analysed range, in the document at the time. */
  readonly span: TextSpan;
  /** What the one-line answer stands above: the analysed range, or the question's line. */
  readonly anchor: TextSpan;
  readonly anchorText: string;
}

/** One request and its response. Offsets of the response count from `source.span.start`. */
export interface Run {
  /** Counts up; the newest has the highest. */
  readonly id: number;
  readonly source: RunSource;
  readonly request: TaskRequest;
  readonly response: TaskResponse;
}

/** A run and where its parts are now. A part whose own text changed has no span any more. */
export interface TrackedRun {
  readonly run: Run;
  /** Where the analysed text is, whatever became of it. */
  readonly place: TextSpan;
  /** Undefined once the anchor's text changed. */
  readonly anchor: TextSpan | undefined;
  /** One for each of the response's results. */
  readonly spans: readonly (TextSpan | undefined)[];
}

/** Whether a question was put to a whole document by a line in it, rather than to a range. */
export function isDocumentQuestion({ anchor, span }: RunSource): boolean {
  return anchor.start !== span.start || anchor.end !== span.end;
}

/** The analysed text's part that a result is about, as the model saw it. */
export function resultText(run: Run, index: number): string {
  const result = run.response.results[index];
  return result === undefined ? '' : run.request.text.slice(result.start, result.end);
}
