import path from 'node:path';
import {
  exportFormats,
  stackNames,
  type FigureSpec,
  type StackName,
} from '../../shared/attentionProtocol.ts';
import { devices, precisions } from '../../shared/inferenceProtocol.ts';
import type { AttentionCommand, Command } from '../command.ts';
import { help, modelOptions, readOptions } from './readOptions.ts';
import { decimal, oneOf, unknownWord, usageError, wholeNumber } from './values.ts';

const options = {
  ...help,
  ...modelOptions,
  question: { type: 'string', short: 'q' },
  target: { type: 'string' },
  generate: { type: 'string' },
  window: { type: 'string' },
  out: { type: 'string', short: 'o' },
  overwrite: { type: 'boolean' },
  json: { type: 'boolean' },
  stack: { type: 'string' },
  layer: { type: 'string' },
  head: { type: 'string' },
  view: { type: 'string' },
  token: { type: 'string' },
  to: { type: 'boolean' },
  'top-k': { type: 'string' },
  threshold: { type: 'string' },
  words: { type: 'boolean' },
  dark: { type: 'boolean' },
  scale: { type: 'string' },
} as const;

/** Without --out nothing is drawn: given then, they are a misunderstanding. */
const drawing = [
  'stack',
  'layer',
  'head',
  'view',
  'token',
  'to',
  'top-k',
  'threshold',
  'words',
  'dark',
  'scale',
  'overwrite',
] as const;
const views: readonly FigureSpec['view'][] = ['overview', 'links', 'matrix', 'text'];

/** Reads the arguments after `loupe attention`. Throws `arguments-invalid`. */
export function parseAttention(args: readonly string[]): Command {
  const { values, positionals } = readOptions(args, options);
  if (values.help === true) return { kind: 'help', topic: 'attention' };
  const [file = '-', ...more] = positionals;
  if (more.length > 0)
    throw usageError(
      `One file at a time, please: "${more.join(' ')}" is too much. (Quote names with spaces.)`,
    );
  const unused = values.out === undefined ? drawing.find((option) => option in values) : undefined;
  if (unused !== undefined)
    throw usageError(`--${unused} is about a picture: say where it goes, for example --out map.svg.`);
  const place = (option: 'layer' | 'head' | 'token'): number | undefined =>
    values[option] === undefined ? undefined : wholeNumber(`--${option}`, values[option], 0, 999_999, 0);
  const [layer, head, token] = [place('layer'), place('head'), place('token')];
  const usual = head !== undefined ? 'matrix' : layer !== undefined ? 'links' : 'overview';
  const view = oneOf(
    'view',
    values.view,
    views,
    token === undefined ? usual : head === undefined ? 'links' : 'text',
  );
  return {
    kind: 'attention',
    model: values.model,
    file,
    question: given('--question', values.question),
    target: values.target,
    window: wholeNumber('--window', values.window, 0, 999_999, 0),
    generate: wholeNumber('--generate', values.generate, 0, 1000, 0),
    stack: stackOf(values.stack),
    layer,
    head,
    token,
    direction: values.to === true ? 'to' : 'from',
    view,
    words: values.words ?? false,
    dark: values.dark ?? false,
    scale: decimal('--scale', values.scale, 0.1, 16, 2),
    topK: wholeNumber('--top-k', values['top-k'], 1, 1000, 3),
    threshold: decimal('--threshold', values.threshold, 0, 1, 0),
    out: values.out === undefined ? undefined : outOf(values.out),
    overwrite: values.overwrite ?? false,
    json: values.json ?? false,
    precision: oneOf('precision', values.precision, precisions, 'auto'),
    device: oneOf('device', values.device, devices, 'auto'),
    threads: wholeNumber('--threads', values.threads, 0, 256, 0),
  };
}

function given(option: string, value: string | undefined): string | undefined {
  if (value?.trim() === '') throw usageError(`${option} is empty: ${option} "Who wrote this?"`);
  return value;
}

function stackOf(value: string | undefined): StackName | undefined {
  return value === undefined ? undefined : oneOf('stack', value, stackNames, 'encoder');
}

/** The format is the file name's ending. */
function outOf(file: string): NonNullable<AttentionCommand['out']> {
  const ending = path.extname(file).slice(1).toLowerCase();
  const format = exportFormats.find((candidate) => candidate === ending);
  if (format === undefined)
    throw usageError(
      `--out ${file}: ${ending === '' ? `the name needs an ending: .${exportFormats.join(', .')}.` : unknownWord('format', ending, exportFormats)}`,
    );
  return { file, format };
}
