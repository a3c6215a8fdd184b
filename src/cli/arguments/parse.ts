import { devices, precisions } from '../../shared/inferenceProtocol.ts';
import { aggregationStrategies } from '../../shared/taskProtocol.ts';
import type { TaskWord } from '../../shared/resultRecord.ts';
import { taskWords, type Command, type HelpTopic } from '../command.ts';
import { parseAttention } from './parseAttention.ts';
import { help, modelOptions, readOptions } from './readOptions.ts';
import { oneOf, unknownWord, usageError, wholeNumber } from './values.ts';

const commandWords = ['run', 'attention', 'models', 'doctor', 'help'] as const;

const runOptions = {
  ...help,
  ...modelOptions,
  question: { type: 'string', short: 'q' },
  lines: { type: 'boolean' },
  json: { type: 'boolean' },
  'top-k': { type: 'string' },
  'max-answer-length': { type: 'string' },
  aggregation: { type: 'string' },
} as const;

/** Options that only one task reads: given for another, they are a misunderstanding. */
const taskOptions: Readonly<Record<string, TaskWord>> = {
  question: 'qa',
  'top-k': 'qa',
  'max-answer-length': 'qa',
  aggregation: 'tokens',
};

/** Reads the arguments after `loupe`. Throws LoupeError `arguments-invalid` whose reason says what was meant. */
export function parseCommand(args: readonly string[]): Command {
  const [word, ...rest] = args;
  switch (word) {
    case undefined:
    case '--help':
    case '-h':
      return { kind: 'help', topic: 'loupe' };
    case '--version':
    case '-v':
      return { kind: 'version' };
    case 'help':
      return { kind: 'help', topic: topicOf(rest[0]) };
    case 'run':
      return parseRun(rest);
    case 'attention':
      return parseAttention(rest);
    case 'models':
      return parseModels(rest);
    case 'doctor':
      return parseDoctor(rest);
    default:
      throw usageError(unknownWord(word.startsWith('-') ? 'option' : 'command', word, commandWords));
  }
}

function topicOf(word: string | undefined): HelpTopic {
  if (word === undefined || word === 'help') return 'loupe';
  const topics = commandWords.filter((candidate) => candidate !== 'help');
  return oneOf('command', word, topics, 'run');
}

function parseRun(args: readonly string[]): Command {
  const { values, positionals } = readOptions(args, runOptions);
  if (values.help === true) return { kind: 'help', topic: 'run' };
  const [taskWord, file = '-', ...more] = positionals;
  if (taskWord === undefined) throw usageError(`"loupe run" needs a task: ${taskWords.join(', ')}.`);
  const task = oneOf('task', taskWord, taskWords, 'sentiment');
  if (more.length > 0)
    throw usageError(
      `One file at a time, please: "${more.join(' ')}" is too much. (Quote names with spaces.)`,
    );
  for (const [option, owner] of Object.entries(taskOptions))
    if (option in values && owner !== task)
      throw usageError(`--${option} belongs to "loupe run ${owner}", not to "${task}".`);
  const question = values.question ?? '';
  if (task === 'qa' && question.trim() === '')
    throw usageError('"loupe run qa" needs a question: --question "Who wrote this?"');
  return {
    kind: 'run',
    task,
    model: values.model,
    file,
    lines: values.lines ?? false,
    json: values.json ?? false,
    question,
    topK: wholeNumber('--top-k', values['top-k'], 1, 100, 3),
    maxAnswerLength: wholeNumber('--max-answer-length', values['max-answer-length'], 1, 500, 15),
    aggregation: oneOf('aggregation', values.aggregation, aggregationStrategies, 'first'),
    precision: oneOf('precision', values.precision, precisions, 'auto'),
    device: oneOf('device', values.device, devices, 'auto'),
    threads: wholeNumber('--threads', values.threads, 0, 256, 0),
  };
}

function parseModels(args: readonly string[]): Command {
  const [verb] = args;
  if (verb === 'install') return parseInstall(args.slice(1));
  const { values, positionals } = readOptions(args, { ...help, json: { type: 'boolean' } } as const);
  if (values.help === true) return { kind: 'help', topic: 'models' };
  const [word] = positionals;
  if (word !== undefined)
    throw usageError(unknownWord('command', `models ${word}`, ['models install', 'models']));
  return { kind: 'models', json: values.json ?? false };
}

function parseInstall(args: readonly string[]): Command {
  const { values, positionals } = readOptions(args, { ...help, precision: { type: 'string' } } as const);
  if (values.help === true) return { kind: 'help', topic: 'models' };
  const [reference, ...more] = positionals;
  if (reference === undefined || more.length > 0)
    throw usageError('"loupe models install" takes one model: starter:NAME or hub:OWNER/NAME[@REVISION].');
  return { kind: 'install', reference, precision: oneOf('precision', values.precision, precisions, 'auto') };
}

function parseDoctor(args: readonly string[]): Command {
  const { values, positionals } = readOptions(args, help);
  if (values.help === true) return { kind: 'help', topic: 'doctor' };
  if (positionals.length > 0)
    throw usageError(`"loupe doctor" takes no arguments, but was given "${positionals.join(' ')}".`);
  return { kind: 'doctor' };
}
