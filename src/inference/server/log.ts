/**
 * One line of the process's log. It goes to stderr, which the host copies into its own: the IPC channel is for answers,
 * and what is written just before a crash still arrives.
 */
export function logLine(line: string): void {
  process.stderr.write(`${line}\n`);
}
