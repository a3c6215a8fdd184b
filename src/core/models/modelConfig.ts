import { LoupeError } from '../../shared/errors.ts';
import type { TaskName } from '../../shared/taskProtocol.ts';
import { isJsonObject, type JsonObject } from './jsonFile.ts';
import type { ModelDescription } from './modelDescription.ts';

/** What config.json says, as far as the tasks need it. */
export interface ModelConfig {
  readonly architecture: string;
  readonly task: TaskName | undefined;
  /** Class names such as `BertForMaskedLM` that tell of a head that none of the tasks reads. */
  readonly otherHead: string | undefined;
  readonly labels: readonly string[];
  readonly problemType: ModelDescription['problemType'];
  /** `loupe.answers_impossible`, which Loupe's own trainer writes. */
  readonly answersImpossible: boolean | undefined;
}

const heads: readonly (readonly [suffix: string, task: TaskName])[] = [
  ['ForSequenceClassification', 'text-classification'],
  ['ForQuestionAnswering', 'question-answering'],
  ['ForTokenClassification', 'token-classification'],
];

const problemTypes = ['single_label_classification', 'multi_label_classification', 'regression'] as const;

/** Reads `file`'s parsed content. Throws LoupeError `model-file-invalid` for values of the wrong kind. */
export function readConfig(config: JsonObject, file: string): ModelConfig {
  const invalid = (reason: string): LoupeError => new LoupeError('model-file-invalid', { file, reason });
  const architecture = config['model_type'];
  if (typeof architecture !== 'string' || architecture === '')
    throw invalid('it has no "model_type", which names the architecture');
  const classes = Array.isArray(config['architectures'])
    ? config['architectures'].filter((name): name is string => typeof name === 'string')
    : [];
  const task = heads.find(([suffix]) => classes.some((name) => name.endsWith(suffix)))?.[1];
  const own = config['loupe'];
  const impossible = isJsonObject(own) ? own['answers_impossible'] : undefined;
  if (impossible !== undefined && typeof impossible !== 'boolean')
    throw invalid('"loupe.answers_impossible" is neither true nor false');
  return {
    architecture,
    task,
    otherHead: task === undefined ? classes[0] : undefined,
    labels: labelsOf(config, task, invalid),
    problemType: problemTypeOf(config['problem_type'], invalid),
    answersImpossible: impossible,
  };
}

type Invalid = (reason: string) => LoupeError;

function problemTypeOf(value: unknown, invalid: Invalid): ModelConfig['problemType'] {
  if (value === undefined || value === null) return undefined;
  const known = problemTypes.find((type) => type === value);
  if (known === undefined) throw invalid(`"problem_type" is none of ${problemTypes.join(', ')}`);
  return known;
}

/**
 * Label names in order of ids. Python's PretrainedConfig leaves `id2label` out of the file when it is its default of
 * two labels (transformers, configuration_utils.py, `to_diff_dict`).
 */
function labelsOf(config: JsonObject, task: TaskName | undefined, invalid: Invalid): readonly string[] {
  const named = config['id2label'];
  if (isJsonObject(named)) return orderedLabels(Object.entries(named), invalid);
  const reversed = config['label2id'];
  if (isJsonObject(reversed))
    return orderedLabels(
      Object.entries(reversed).map(([label, id]) => [String(id), label]),
      invalid,
    );
  if (task === undefined || task === 'question-answering') return [];
  const count = config['num_labels'] ?? config['_num_labels'] ?? 2;
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 1 || count > 1e6)
    throw invalid('"num_labels" is no count of labels');
  return Array.from({ length: count }, (_, id) => `LABEL_${id}`);
}

function orderedLabels(
  entries: readonly (readonly [string, unknown])[],
  invalid: Invalid,
): readonly string[] {
  const labels = new Map<number, string>();
  for (const [id, label] of entries) {
    const index = Number(id);
    if (!Number.isInteger(index) || index < 0 || (typeof label !== 'string' && typeof label !== 'number'))
      throw invalid(`"id2label" has the entry "${id}", which is no label's id and name`);
    labels.set(index, String(label));
  }
  return Array.from({ length: labels.size }, (_, id) => {
    const label = labels.get(id);
    if (label === undefined) throw invalid(`"id2label" has ${labels.size} labels but none with id ${id}`);
    return label;
  });
}
