import type * as vscode from 'vscode';
import { foundPassage, passageAt, type Passage } from './passage.ts';
import type { PanelSide } from './panelModel.ts';
import { snippet, type Wording } from '../base/wording.ts';
import { isDocumentQuestion, type TrackedRun } from '../results/run.ts';
import type { SettingsService } from '../settings/settingsService.ts';
import { describeDocument, tryToOpenDocument } from '../text/documents.ts';
import type { Target } from '../text/editorTargets.ts';
import { blankQuestionLines } from '../text/questionLines.ts';
import type { AttentionSource } from '../../shared/attentionProtocol.ts';
import { LoupeError } from '../../shared/errors.ts';

/** What a text is put to: the model, which of its heads predicts, and for pairs the question. */
export type ModelChoice = Pick<AttentionSource, 'model' | 'task' | 'question'>;

/** Makes the sides of attention panels from what commands are about. */
export class SideFactory {
  readonly #settings: SettingsService;
  readonly #wording: Wording;

  constructor(settings: SettingsService, wording: Wording) {
    this.#settings = settings;
    this.#wording = wording;
  }

  /** A range of a document; the model is the sentiment model of the settings unless another is given. */
  ofTarget({ document, span }: Target, choice?: ModelChoice): PanelSide {
    const raw = document.getText().slice(span.start, span.end);
    // A question must not find itself in the text that it is put to.
    const text = choice?.question === undefined ? raw : blankQuestionLines(raw);
    const model = choice ?? this.#chosen('text-classification', document);
    return this.#side(document, passageAt(describeDocument(document), text, span.start), model);
  }

  /** A question and the range it is put to, under the question answering model. */
  ofQuestion({ document, span }: Target, question: string): PanelSide {
    const text = document.getText().slice(span.start, span.end);
    const passage = passageAt(describeDocument(document), text, span.start);
    return this.#side(document, passage, { ...this.#chosen('question-answering', document), question });
  }

  /** A question from a line of a document, put to the whole document. */
  ofQuestionLine(document: vscode.TextDocument, question: string): PanelSide {
    const passage = passageAt(describeDocument(document), blankQuestionLines(document.getText()), 0);
    const side = this.#side(document, passage, { ...this.#chosen('question-answering', document), question });
    return { ...side, label: passage.document.name };
  }

  /** The text, model and task (and question) of a result, linked to its document where that can still be had. */
  async ofRun({ run, place }: TrackedRun): Promise<PanelSide> {
    const { request, source } = run;
    const model: ModelChoice = {
      model: request.model,
      task: request.task,
      ...(request.task === 'question-answering' ? { question: request.question } : {}),
    };
    const start = isDocumentQuestion(source) ? 0 : place.start;
    const { uri, name, cell } = source;
    const passage = passageAt({ uri, name, ...(cell === undefined ? {} : { cell }) }, request.text, start);
    const document = await tryToOpenDocument(source);
    return document === undefined
      ? { source: sourceOf(request.text, model), label: name, passage: undefined }
      : this.#side(document, foundPassage(passage, document.getText()), model);
  }

  /** A text that stands in no document. */
  ofText(text: string, choice: ModelChoice): PanelSide {
    return { source: sourceOf(text, choice), label: `“${snippet(text, 30)}”`, passage: undefined };
  }

  #chosen(task: 'text-classification' | 'question-answering', { uri }: vscode.TextDocument): ModelChoice {
    const model = this.#settings.modelFor(task, uri);
    // A sentiment setting may name any model to look into, a generator too: what it predicts is its own affair.
    return task === 'question-answering' ? { model, task } : { model };
  }

  #side(document: vscode.TextDocument, passage: Passage, choice: ModelChoice): PanelSide {
    if (passage.text.trim() === '') throw new LoupeError('text-empty');
    const line = document.positionAt(passage.place.start).line + 1;
    const label = this.#wording.t('{file}, line {line}', { file: passage.document.name, line });
    return { source: sourceOf(passage.text, choice), label, passage };
  }
}

function sourceOf(text: string, choice: ModelChoice): AttentionSource {
  return { ...choice, text, window: 0, generate: 0 };
}
