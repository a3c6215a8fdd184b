import { parseArgs, type ParseArgsConfig } from 'node:util';
import { nearest } from './suggest.ts';
import { usageError } from './values.ts';

/** `--help` of every command. */
export const help = { help: { type: 'boolean', short: 'h' } } as const;

/** What every command that runs a model takes. */
export const modelOptions = {
  model: { type: 'string', short: 'm' },
  precision: { type: 'string' },
  device: { type: 'string' },
  threads: { type: 'string' },
} as const;

type Options = NonNullable<ParseArgsConfig['options']>;
type Parsed<T extends Options> = ReturnType<
  typeof parseArgs<{ args: string[]; options: T; allowPositionals: true; strict: true }>
>;

/** Reads arguments strictly. Throws `arguments-invalid`, with the option that was probably meant. */
export function readOptions<T extends Options>(args: readonly string[], options: T): Parsed<T> {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw usageError(explain(error, Object.keys(options)));
  }
}

/** Node's own message, and the option that was probably meant. */
function explain(error: unknown, options: readonly string[]): string {
  const message = error instanceof Error ? error.message : String(error);
  const wrong = /^Unknown option '--?([^']+)'/.exec(message)?.[1];
  if (wrong === undefined) return message.replaceAll('\n', ' ');
  const meant = nearest(wrong, options);
  const known = options.map((option) => `--${option}`).join(', ');
  return `There is no option --${wrong}. ${meant === undefined ? `There are: ${known}.` : `Did you mean --${meant}?`}`;
}
