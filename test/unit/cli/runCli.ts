import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

export const root = path.join(import.meta.dirname, '..', '..', '..');
export const cli = path.join(root, 'dist', 'cli.mjs');
export const tinyClassifier = 'test/fixtures/models/tiny-classifier';
export const tinyTokens = 'test/fixtures/models/tiny-tokens';

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  /** Another copy of the bundle. */
  readonly script?: string;
}

/** Why the built command line cannot be run here; undefined when it can. */
export function whyNoCli(): string | undefined {
  return existsSync(cli) ? undefined : 'dist/cli.mjs is not built: npm run build';
}

/** Runs the built command line as a person would, away from their models and their network. */
export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const child = spawnCli(args, options.env, options.script);
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, stdout, stderr };
}

export function spawnCli(args: readonly string[], env: Readonly<Record<string, string>> = {}, script = cli) {
  return spawn(process.execPath, [script, ...args], {
    cwd: root,
    env: {
      ...process.env,
      LOUPE_CACHE: path.join(root, '.loupe', 'no-such-cache'),
      HF_ENDPOINT: 'http://127.0.0.1:9',
      ...env,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

/** Lines of JSON as objects. */
export function jsonLines(stdout: string): readonly Record<string, unknown>[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
