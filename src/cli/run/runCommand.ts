import os from 'node:os';
import { formatReference, parseReference } from '../../core/models/reference.ts';
import type { InferenceClient } from '../../inference/client/inferenceClient.ts';
import { LoupeError } from '../../shared/errors.ts';
import type { TaskProgress, TaskWarning } from '../../shared/taskProtocol.ts';
import { startClient } from '../client.ts';
import { defaultModels, taskOfWord, type RunCommand } from '../command.ts';
import { progressLine } from '../progressLine.ts';
import type { Setting } from '../setting.ts';
import type { Terminal } from '../terminal.ts';
import { inOrder } from './inOrder.ts';
import { lineInputs, openBytes, wholeInput, type Input } from './inputs.ts';
import { jsonLine } from './jsonLine.ts';
import { warningMessage, type Outcome } from './outcome.ts';
import { readableRows } from './readable.ts';
import { requestFor } from './request.ts';

/** Inputs under way at once with --lines: enough for every lane, few enough that output follows input. */
const linesAtOnce = 64;

/**
 * `loupe run`: returns the exit code, 0 or 1. Throws LoupeError when nothing could run: a model that cannot be used, a
 * file that is not there, or `cancelled`.
 */
export async function runCommand(
  command: RunCommand,
  setting: Setting,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  const bytes = await openBytes(command.file, setting.places.baseDirectory, terminal);
  const named = command.model ?? defaultModels[command.task];
  const model = formatReference(
    parseReference(named, { directory: setting.places.baseDirectory, home: os.homedir() }),
  );
  const client = startClient(setting, command, terminal.say);
  try {
    const onProgress = (progress: TaskProgress): void => terminal.status(progressLine(progress));
    const { warnings } = await client.prepare(model, taskOfWord[command.task], { signal, onProgress });
    terminal.status('');
    return await runAll(command, model, bytes, { client, terminal, signal, warnings });
  } finally {
    client.dispose();
  }
}

interface Run {
  readonly client: InferenceClient;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  /** Of loading the model: they hold for every input. */
  readonly warnings: readonly TaskWarning[];
}

async function runAll(
  command: RunCommand,
  model: string,
  bytes: AsyncIterable<Uint8Array>,
  run: Run,
): Promise<number> {
  const inputs = command.lines ? lineInputs(bytes) : wholeInput(bytes);
  const report = reporter(command, model, run);
  let exitCode = 0;
  for await (const outcome of inOrder(inputs, command.lines ? linesAtOnce : 1, (input) =>
    work(command, model, input, run),
  )) {
    run.signal.throwIfAborted();
    if ('error' in outcome) exitCode = 1;
    await report(outcome);
  }
  run.signal.throwIfAborted();
  return exitCode;
}

async function work(command: RunCommand, model: string, input: Input, run: Run): Promise<Outcome> {
  if ('error' in input) return input;
  const { index, text } = input;
  try {
    const response = await run.client.run(requestFor(command, model, text), { signal: run.signal });
    return { index, text, response: { ...response, warnings: [...run.warnings, ...response.warnings] } };
  } catch (error) {
    return { index, error: LoupeError.from(error) };
  }
}

function reporter(command: RunCommand, model: string, run: Run): (outcome: Outcome) => Promise<void> {
  const { terminal } = run;
  if (command.json) return (outcome) => terminal.write(`${jsonLine(outcome, command.task, model)}\n`);
  const said = new Set(run.warnings.map(warningMessage));
  for (const message of said) terminal.say(message);
  return async (outcome) => {
    await terminal.write(`${readableRows(outcome, command.lines, terminal).join('\n')}\n`);
    if ('error' in outcome) return;
    const { response } = outcome;
    for (const message of response.warnings.map(warningMessage).filter((text) => !said.has(text))) {
      said.add(message);
      terminal.say(command.lines ? `line ${outcome.index + 1}: ${message}` : message);
    }
    if (!command.lines && terminal.messagesAreSeen) {
      const { reference, precision, device } = response.model;
      terminal.say(`${reference}, ${precision} on ${device}, ${Math.round(response.ms)} ms`);
    }
  };
}
