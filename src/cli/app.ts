import { attentionCommand } from './attention/attentionCommand.ts';
import { parseCommand } from './arguments/parse.ts';
import type { Command } from './command.ts';
import { doctorCommand } from './doctor/doctorCommand.ts';
import { errorMessage } from './message.ts';
import { helpText } from './help.ts';
import { installCommand } from './models/installCommand.ts';
import { modelsCommand } from './models/modelsCommand.ts';
import { runCommand } from './run/runCommand.ts';
import type { Setting } from './setting.ts';
import type { Terminal } from './terminal.ts';
import { loupeVersion } from './version.ts';
import { LoupeError } from '../shared/errors.ts';

/** Exit codes of the command line. */
const exitCodes = { nothingRan: 2, cancelled: 130 } as const;

/** Does what the arguments ask for and returns the exit code. Failures become a message on standard error. */
export async function runApp(
  args: readonly string[],
  setting: Setting,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  try {
    return await dispatch(parseCommand(args), setting, terminal, signal);
  } catch (thrown) {
    const error = LoupeError.from(thrown);
    if (error.code === 'cancelled' || signal.aborted) return exitCodes.cancelled;
    terminal.say(`loupe: ${errorMessage(error)}`);
    if (error.code === 'arguments-invalid') terminal.say('See: loupe help');
    return exitCodes.nothingRan;
  }
}

async function dispatch(
  command: Command,
  setting: Setting,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  switch (command.kind) {
    case 'help':
      await terminal.write(helpText(command.topic));
      return 0;
    case 'version':
      await terminal.write(`${await loupeVersion(setting.root)}\n`);
      return 0;
    case 'run':
      return runCommand(command, setting, terminal, signal);
    case 'attention':
      return attentionCommand(command, setting, terminal, signal);
    case 'models':
      return modelsCommand(command.json, setting, terminal);
    case 'install':
      return installCommand(command.reference, command.precision, setting, terminal, signal);
    case 'doctor':
      return doctorCommand(setting, terminal);
  }
}
