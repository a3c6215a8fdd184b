import type * as vscode from 'vscode';

export type JournalLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error';

/** Lines kept for the debug information. */
const keptLines = 60;

/** The log, and its last lines in memory: an output channel cannot be read back. */
export class Journal {
  readonly #channel: vscode.LogOutputChannel;
  #lines: readonly string[] = [];

  constructor(channel: vscode.LogOutputChannel) {
    this.#channel = channel;
  }

  write(level: JournalLevel, line: string): void {
    this.#channel[level](line);
    if (level === 'trace' || level === 'debug') return;
    const stamped = `${new Date().toISOString()} [${level}] ${line}`;
    this.#lines = [...this.#lines, stamped].slice(-keptLines);
  }

  /** The last lines, oldest first, from `info` up. */
  get lastLines(): readonly string[] {
    return this.#lines;
  }

  show(): void {
    this.#channel.show();
  }
}
