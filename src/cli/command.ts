import type { ExportFormat, FigureSpec, StackName, TokenWeightsParams } from '../shared/attentionProtocol.ts';
import type { Device, Precision } from '../shared/inferenceProtocol.ts';
import { wordOfTask, type TaskWord } from '../shared/resultRecord.ts';
import type { AggregationStrategy, TaskName } from '../shared/taskProtocol.ts';

/** What the command line calls the tasks. */
export const taskWords: readonly TaskWord[] = Object.values(wordOfTask);

export const taskOfWord: Readonly<Record<TaskWord, TaskName>> = {
  sentiment: 'text-classification',
  qa: 'question-answering',
  tokens: 'token-classification',
};

/** The model of a task when none is named. */
export const defaultModels: Readonly<Record<TaskWord, string>> = {
  sentiment: 'starter:sentiment-en',
  qa: 'starter:qa-en',
  tokens: 'starter:ner-en',
};

/** What the arguments ask for. */
export type Command =
  | { readonly kind: 'help'; readonly topic: HelpTopic }
  | { readonly kind: 'version' }
  | RunCommand
  | AttentionCommand
  | { readonly kind: 'models'; readonly json: boolean }
  | { readonly kind: 'install'; readonly reference: string; readonly precision: Precision }
  | { readonly kind: 'doctor' };

export type HelpTopic = 'loupe' | 'run' | 'attention' | 'models' | 'doctor';

export interface RunCommand {
  readonly kind: 'run';
  readonly task: TaskWord;
  /** A model reference as typed; undefined: the task's default. */
  readonly model: string | undefined;
  /** A path, or `-` for standard input. */
  readonly file: string;
  readonly lines: boolean;
  readonly json: boolean;
  readonly question: string;
  readonly topK: number;
  readonly maxAnswerLength: number;
  readonly aggregation: AggregationStrategy;
  readonly precision: Precision;
  readonly device: Device;
  readonly threads: number;
}

/** Numbers count from 0; what is undefined was not given (see docs/cli.md for what is shown then). */
export interface AttentionCommand {
  readonly kind: 'attention';
  readonly model: string | undefined;
  /** A path, or `-` for standard input. */
  readonly file: string;
  readonly question: string | undefined;
  readonly target: string | undefined;
  readonly window: number;
  readonly generate: number;
  readonly stack: StackName | undefined;
  readonly layer: number | undefined;
  readonly head: number | undefined;
  readonly token: number | undefined;
  readonly direction: TokenWeightsParams['direction'];
  readonly view: FigureSpec['view'];
  readonly words: boolean;
  readonly dark: boolean;
  readonly scale: number;
  readonly topK: number;
  readonly threshold: number;
  /** The file to write and its format, by its ending. */
  readonly out: { readonly file: string; readonly format: ExportFormat } | undefined;
  readonly overwrite: boolean;
  readonly json: boolean;
  readonly precision: Precision;
  readonly device: Device;
  readonly threads: number;
}
