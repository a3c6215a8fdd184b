import type { Wording } from '../base/wording.ts';
import { findParagraphs } from '../text/paragraphs.ts';
import { findQuestionLines, isQuestionLine, type QuestionLine } from '../text/questionLines.ts';
import { drawnRuns } from './runStore.ts';
import { answerInOneLine, taskIcons } from './summary.ts';
import type { TrackedRun } from './run.ts';
import { commandIds } from '../../shared/ids.ts';
import type { TextSpan } from '../../shared/textSpan.ts';

/** Documents longer than this get no lens above each paragraph (setting `paragraphs` says so). */
export const paragraphLensLimit = 200_000;

/** One CodeLens: where, what it says, and what a click does. */
export interface LensLine {
  readonly at: number;
  readonly title: string;
  readonly command: string;
  readonly argument: unknown;
}

export interface LensSituation {
  readonly uri: string;
  readonly text: string;
  readonly markdown: boolean;
  /** Documents of prose get lenses above paragraphs; code does not. */
  readonly prose: boolean;
  readonly mode: 'selection' | 'paragraphs' | 'off';
  /** Selected ranges of the document, empty ones left out. */
  readonly selections: readonly TextSpan[];
  /** The document's runs, newest first. */
  readonly runs: readonly TrackedRun[];
}

/** Every lens of a document: answers above what was analysed, actions above selections, paragraphs, question lines. */
export function lensLines(situation: LensSituation, wording: Wording): LensLine[] {
  if (situation.mode === 'off') return [];
  const answers = drawnRuns(situation.runs).flatMap((tracked) => answerLines(tracked, wording));
  return [...answers, ...questionLines(situation, wording), ...actionLines(situation, wording)];
}

function answerLines(tracked: TrackedRun, { t, ...rest }: Wording): LensLine[] {
  if (tracked.anchor === undefined) return [];
  const { run, anchor } = tracked;
  const isMarked = run.response.warnings.length > 0;
  const title = `$(${taskIcons[run.request.task]}) ${answerInOneLine(run.response, { t, ...rest })}${isMarked ? ' $(warning)' : ''}`;
  return [
    { at: anchor.start, title, command: commandIds.showResults, argument: run.id },
    { at: anchor.start, title: t('Another model'), command: commandIds.rerunWithModel, argument: run.id },
    { at: anchor.start, title: t('Remove'), command: commandIds.removeResult, argument: run.id },
  ];
}

function questionLines({ uri, text, markdown }: LensSituation, { t }: Wording): LensLine[] {
  if (!markdown) return [];
  return findQuestionLines(text).flatMap((line) => {
    const lens = { at: line.start, argument: questionArgument(uri, line) };
    return [
      { ...lens, title: `$(question) ${t('Answer from this document')}`, command: commandIds.askQuestion },
      { ...lens, title: `$(eye) ${t('Attention')}`, command: commandIds.showAttention },
    ];
  });
}

function questionArgument(uri: string, line: QuestionLine) {
  return { uri, question: line.question, line: { start: line.start, end: line.end } };
}

function actionLines(situation: LensSituation, { t }: Wording): LensLine[] {
  return actionSpans(situation).flatMap((span) => {
    const argument = { uri: situation.uri, span };
    return [
      {
        at: span.start,
        title: `$(smiley) ${t('Sentiment')}`,
        command: commandIds.analyzeSentiment,
        argument,
      },
      {
        at: span.start,
        title: `$(question) ${t('Ask a question')}`,
        command: commandIds.askQuestion,
        argument,
      },
      { at: span.start, title: `$(tag) ${t('Entities')}`, command: commandIds.findEntities, argument },
      { at: span.start, title: `$(eye) ${t('Attention')}`, command: commandIds.showAttention, argument },
    ];
  });
}

function actionSpans({ mode, prose, markdown, text, selections }: LensSituation): readonly TextSpan[] {
  if (mode === 'selection' || !prose || text.length > paragraphLensLimit) return selections;
  const paragraphs = findParagraphs(text, { markdown, isolated: isQuestionLine });
  const isFree = (span: TextSpan) =>
    !selections.some((selection) => selection.start < span.end && span.start < selection.end) &&
    !isQuestionLine(text.slice(span.start, span.end)) &&
    !isHeading(text, span);
  return [...selections, ...paragraphs.filter(isFree)];
}

/** A heading alone is hardly worth asking about, and the lens of its paragraph follows right below. */
function isHeading(text: string, span: TextSpan): boolean {
  const lineStart = text.lastIndexOf('\n', span.start) + 1;
  return /^\s{0,3}#{1,6}\s$/.test(text.slice(lineStart, span.start));
}
