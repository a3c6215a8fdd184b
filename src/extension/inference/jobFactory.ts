import type * as vscode from 'vscode';
import type { Job } from './taskRunner.ts';
import { isDocumentQuestion, type TrackedRun } from '../results/run.ts';
import type { SettingsService } from '../settings/settingsService.ts';
import { describeDocument } from '../text/documents.ts';
import type { Target } from '../text/editorTargets.ts';
import { blankQuestionLines } from '../text/questionLines.ts';
import type { TaskRequest } from '../../shared/taskProtocol.ts';
import type { TextSpan } from '../../shared/textSpan.ts';

/** Turns ranges of documents into requests, by the settings for each document. */
export class JobFactory {
  readonly #settings: SettingsService;

  constructor(settings: SettingsService) {
    this.#settings = settings;
  }

  sentiment(target: Target): Job {
    return this.#job(target, this.#request('text-classification', target.document));
  }

  tokens(target: Target): Job {
    return this.#job(target, this.#request('token-classification', target.document));
  }

  question(target: Target, question: string): Job {
    return this.#job(target, this.#request('question-answering', target.document, question));
  }

  /** A question from a line of the document, put to the rest of the document. */
  documentQuestion(document: vscode.TextDocument, question: string, line: TextSpan): Job {
    const text = document.getText();
    const request = this.#request('question-answering', document, question);
    return {
      source: {
        ...describeDocument(document),
        span: { start: 0, end: text.length },
        anchor: line,
        anchorText: text.slice(line.start, line.end),
      },
      request: { ...request, text: blankQuestionLines(text) },
    };
  }

  /** A run's request once more, on its text as it is now, with another model. */
  again({ run, place, anchor }: TrackedRun, document: vscode.TextDocument, model: string): Job {
    const { request, source } = run;
    if (request.task === 'question-answering' && isDocumentQuestion(source) && anchor !== undefined) {
      const job = this.documentQuestion(document, request.question, anchor);
      return { ...job, request: { ...job.request, model } };
    }
    return this.#job({ document, span: place }, { ...request, model });
  }

  #job({ document, span }: Target, request: TaskRequest): Job {
    const text = document.getText().slice(span.start, span.end);
    const end = span.start + text.length;
    const analysed = { start: span.start, end };
    return {
      source: { ...describeDocument(document), span: analysed, anchor: analysed, anchorText: text },
      request: { ...request, text },
    };
  }

  #request(task: TaskRequest['task'], document: vscode.TextDocument, question = ''): TaskRequest {
    const settings = this.#settings.read(document.uri);
    const model = this.#settings.modelFor(task, document.uri);
    const base = { model, text: '', priority: 'interactive' as const };
    switch (task) {
      case 'text-classification':
        return { ...base, task, sentences: true };
      case 'token-classification':
        return { ...base, task, aggregation: settings.aggregation };
      case 'question-answering': {
        const { topK, maxAnswerLength } = settings;
        return { ...base, task, question, topK, maxAnswerLength, impossible: 'auto' };
      }
    }
  }
}
