import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface Timing {
  readonly seconds: number;
  readonly rows: number;
  readonly median_ms: number;
}

/** A program that answers each line on its stdin with one JSON line; alive between rounds so that rounds interleave. */
export interface Competitor {
  /** Sends one line, resolves with the timing. Rejects when the program ends before it answers. */
  time(line: string): Promise<Timing>;
  stop(): void;
}

/** Starts a competitor and waits for its ready line. Rejects with its stderr when it ends before that. */
export async function startCompetitor(command: string, args: readonly string[]): Promise<Competitor> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  await nextLine(child, lines, () => stderr);
  return {
    async time(line) {
      child.stdin.write(line + '\n');
      return JSON.parse(await nextLine(child, lines, () => stderr)) as Timing;
    },
    stop: () => child.kill(),
  };
}

async function nextLine(
  child: ChildProcessWithoutNullStreams,
  lines: AsyncIterator<string>,
  stderr: () => string,
): Promise<string> {
  const next = await lines.next();
  if (next.done === true) {
    throw new Error(`${child.spawnargs.slice(0, 2).join(' ')} ended early:\n${stderr().slice(-2000)}`);
  }
  return next.value;
}
