import { styleText } from 'node:util';

type Format = Parameters<typeof styleText>[0];

/** Where the command line reads and writes. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream & AsyncIterable<Uint8Array>;
  readonly inputIsTty: boolean;
  /** Resolves when the reader has taken it: output never piles up. */
  readonly write: (text: string) => Promise<void>;
  /** Messages to the person, on standard error. */
  readonly say: (text: string) => void;
  /** Shows a line that the next one overwrites; nothing when standard error is not a terminal. */
  readonly status: (text: string) => void;
  /** Columns of the screen; undefined when the output goes elsewhere. */
  readonly columns: number | undefined;
  readonly messagesAreSeen: boolean;
  readonly paint: (format: Format, text: string) => string;
}

/** The terminal of this process. Colours only on a screen, and not with NO_COLOR (https://no-color.org). */
export function processTerminal(): Terminal {
  const { stdin, stdout, stderr, env } = process;
  const isColoured = stdout.isTTY && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
  let isStatusShown = false;
  const clearStatus = (): void => {
    if (isStatusShown) stderr.write('\r\u001b[K');
    isStatusShown = false;
  };
  return {
    input: stdin,
    inputIsTty: stdin.isTTY,
    write: async (text) => {
      clearStatus();
      if (!stdout.write(text)) await new Promise<void>((resolve) => stdout.once('drain', resolve));
    },
    say: (text) => {
      clearStatus();
      stderr.write(`${text}\n`);
    },
    status: (text) => {
      if (!stderr.isTTY) return;
      clearStatus();
      stderr.write(text.slice(0, stderr.columns - 1));
      isStatusShown = text !== '';
    },
    columns: stdout.isTTY ? stdout.columns : undefined,
    messagesAreSeen: stderr.isTTY,
    paint: (format, text) => (isColoured ? styleText(format, text) : text),
  };
}
