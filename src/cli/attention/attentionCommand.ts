import { stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { isMissing } from '../../core/models/files.ts';
import { formatReference, parseReference } from '../../core/models/reference.ts';
import type { InferenceClient } from '../../inference/client/inferenceClient.ts';
import type { AttentionSource } from '../../shared/attentionProtocol.ts';
import { LoupeError, type ErrorCode } from '../../shared/errors.ts';
import type { TaskProgress, TaskWarning } from '../../shared/taskProtocol.ts';
import { startClient } from '../client.ts';
import { defaultModels, type AttentionCommand } from '../command.ts';
import { errorMessage } from '../message.ts';
import { progressLine } from '../progressLine.ts';
import { openBytes, wholeInput } from '../run/inputs.ts';
import { warningMessage } from '../run/outcome.ts';
import type { Setting } from '../setting.ts';
import type { Terminal } from '../terminal.ts';
import { attentionJson } from './attentionJson.ts';
import { figureSpec } from './figureSpec.ts';
import { headTable } from './headTable.ts';

/** Failures of the text, not of the model: exit code 1, as when an input of `loupe run` fails. */
const textFailures: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'text-empty',
  'text-binary',
  'text-encoding',
  'text-too-long',
]);

/**
 * `loupe attention`: returns the exit code, 0 or 1. Throws LoupeError when nothing could run: a model that cannot be used or has no
 * attention, a place that is not there, a file that exists or cannot be written, or `cancelled`.
 */
export async function attentionCommand(
  command: AttentionCommand,
  setting: Setting,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  const file = command.out && path.resolve(setting.places.baseDirectory, command.out.file);
  // The inference process refuses too; nobody should wait for a model to be told so.
  if (file !== undefined && !command.overwrite && (await exists(file)))
    throw new LoupeError('file-exists', { file });
  const client = startClient(setting, command, terminal.say);
  try {
    const source = await sourceOf(command, setting, terminal);
    await answer(command, source, file, { client, terminal, signal });
    return 0;
  } catch (thrown) {
    const error = LoupeError.from(thrown);
    if (!textFailures.has(error.code)) throw error;
    terminal.say(`loupe: ${errorMessage(error)}`);
    return 1;
  } finally {
    client.dispose();
  }
}

interface Run {
  readonly client: InferenceClient;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

async function sourceOf(
  command: AttentionCommand,
  setting: Setting,
  terminal: Terminal,
): Promise<AttentionSource> {
  const { baseDirectory } = setting.places;
  const named = command.model ?? defaultModels[command.question === undefined ? 'sentiment' : 'qa'];
  const model = formatReference(parseReference(named, { directory: baseDirectory, home: os.homedir() }));
  const bytes = await openBytes(command.file, baseDirectory, terminal);
  const { question, target, window, generate } = command;
  for await (const input of wholeInput(bytes)) {
    if ('error' in input) throw input.error;
    return {
      model,
      text: input.text,
      window,
      generate,
      ...(question !== undefined && { question }),
      ...(target !== undefined && { target }),
    };
  }
  throw new LoupeError('text-empty');
}

async function answer(
  command: AttentionCommand,
  source: AttentionSource,
  file: string | undefined,
  { client, terminal, signal }: Run,
): Promise<void> {
  const options = {
    signal,
    onProgress: (progress: TaskProgress): void => terminal.status(progressLine(progress)),
  };
  const overview = await client.attention(source, 'overview', {}, options);
  if (!command.json) warn(overview.warnings, terminal);
  if (command.json || command.out === undefined) {
    const summaries = await client.attention(source, 'summaries', {}, options);
    terminal.status('');
    const lines = command.json
      ? [attentionJson(overview, summaries)]
      : headTable(overview, summaries, terminal);
    await terminal.write(`${lines.join('\n')}\n`);
  }
  if (command.out === undefined || file === undefined) return;
  const { format } = command.out;
  const { overwrite } = command;
  const figure = figureSpec(command, overview);
  const exported = await client.attention(source, 'export', { format, file, overwrite, figure }, options);
  terminal.status('');
  warn(exported.warnings, terminal);
  if (terminal.messagesAreSeen) terminal.say(`${command.out.file}: ${size(exported.bytes)}`);
}

function warn(warnings: readonly TaskWarning[], terminal: Terminal): void {
  for (const warning of warnings) terminal.say(warningMessage(warning));
}

function size(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

async function exists(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
