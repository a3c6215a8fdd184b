import { defaultHubEndpoint } from '../../core/models/places.ts';
import { LoupeError } from '../../shared/errors.ts';
import { settingIds } from '../../shared/ids.ts';
import { devices, precisions, type Device, type Precision } from '../../shared/inferenceProtocol.ts';
import { aggregationStrategies, type AggregationStrategy, type TaskName } from '../../shared/taskProtocol.ts';

export const codeLensModes = ['selection', 'paragraphs', 'off'] as const;
export type CodeLensMode = (typeof codeLensModes)[number];

/** Loupe's settings as the code uses them: each of its type, whatever the files say. */
export interface LoupeSettings {
  readonly device: Device;
  readonly precision: Precision;
  readonly threads: number;
  readonly memoryLimitMb: number;
  readonly codeLens: CodeLensMode;
  /** Model references as written. */
  readonly models: Readonly<Record<TaskName, string>>;
  readonly aggregation: AggregationStrategy;
  readonly topK: number;
  readonly maxAnswerLength: number;
  readonly hubEndpoint: string;
  /** Absolute, or empty for the shared cache folder. */
  readonly cacheFolder: string;
}

/** The defaults, equal to package.json's (a test compares them). */
export const settingDefaults: LoupeSettings = {
  device: 'auto',
  precision: 'auto',
  threads: 0,
  memoryLimitMb: 2048,
  codeLens: 'selection',
  models: {
    'text-classification': 'starter:sentiment-en',
    'question-answering': 'starter:qa-en',
    'token-classification': 'starter:ner-en',
  },
  aggregation: 'first',
  topK: 3,
  maxAnswerLength: 15,
  hubEndpoint: defaultHubEndpoint,
  cacheFolder: '',
};

/** The setting that holds a task's model. */
export const modelSettings: Readonly<Record<TaskName, string>> = {
  'text-classification': settingIds.sentimentModel,
  'question-answering': settingIds.questionModel,
  'token-classification': settingIds.tokenModel,
};

export interface SettingsReading {
  readonly settings: LoupeSettings;
  /** One LoupeError `setting-invalid` for each setting that is not of its type; its default is used. */
  readonly problems: readonly LoupeError[];
}

/** Reads every setting through `get`, which gives what the files say, of any type, or the default. */
export function readSettings(get: (id: string) => unknown): SettingsReading {
  const problems: LoupeError[] = [];
  const read = <T>(id: string, kind: Kind<T>, fallback: T): T => {
    const value = get(id);
    if (value === undefined) return fallback;
    if (kind.accepts(value)) return value;
    const shown = JSON.stringify(value).slice(0, 80);
    problems.push(new LoupeError('setting-invalid', { setting: id, value: shown, expected: kind.expected }));
    return fallback;
  };
  const base = settingDefaults;
  const model = (task: TaskName) => read(modelSettings[task], reference, base.models[task]);
  const settings: LoupeSettings = {
    device: read(settingIds.device, oneOf(devices), base.device),
    precision: read(settingIds.precision, oneOf(precisions), base.precision),
    threads: read(settingIds.threads, integer(0, 256), base.threads),
    memoryLimitMb: read(settingIds.memoryLimit, integer(128, Infinity), base.memoryLimitMb),
    codeLens: read(settingIds.codeLens, oneOf(codeLensModes), base.codeLens),
    models: {
      'text-classification': model('text-classification'),
      'question-answering': model('question-answering'),
      'token-classification': model('token-classification'),
    },
    aggregation: read(settingIds.aggregation, oneOf(aggregationStrategies), base.aggregation),
    topK: read(settingIds.topK, integer(1, 20), base.topK),
    maxAnswerLength: read(settingIds.maxAnswerLength, integer(1, 200), base.maxAnswerLength),
    hubEndpoint: read(settingIds.hubEndpoint, webAddress, base.hubEndpoint),
    cacheFolder: read(settingIds.cacheFolder, text, base.cacheFolder),
  };
  return { settings, problems };
}

/** `expected` is shown to people of any language: values and signs, no words. */
interface Kind<T> {
  readonly expected: string;
  accepts(value: unknown): value is T;
}

function oneOf<const T extends string>(values: readonly T[]): Kind<T> {
  return {
    expected: values.join(' | '),
    accepts: (value): value is T => values.some((candidate) => candidate === value),
  };
}

function integer(least: number, most: number): Kind<number> {
  return {
    expected: most === Infinity ? `>= ${least}` : `${least} .. ${most}`,
    accepts: (value): value is number =>
      typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most,
  };
}

const text: Kind<string> = {
  expected: '"…"',
  accepts: (value): value is string => typeof value === 'string',
};

const reference: Kind<string> = {
  expected: '"starter:NAME" | "hub:OWNER/NAME[@REVISION]" | "FOLDER"',
  accepts: (value): value is string => typeof value === 'string' && value.trim() !== '',
};

const webAddress: Kind<string> = {
  expected: '"https://…" | "http://…"',
  accepts: (value): value is string => typeof value === 'string' && /^https?:\/\/\S+$/.test(value),
};
