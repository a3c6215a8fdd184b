import { spawn } from 'node:child_process';
import { LoupeError } from '../../../shared/errors.ts';
import { errorCode } from '../files.ts';

export interface PipInstall {
  readonly package: string;
  readonly version: string;
  /** An existing, empty folder: the package goes in here. */
  readonly target: string;
  readonly signal: AbortSignal | undefined;
  /** Python interpreters to try, in order: a command, or a command and its first arguments. */
  readonly pythons: readonly (readonly string[])[];
}

/** Why pip did not do it, in words that finish the sentence "could not be installed:". */
export type PipFailure = { readonly kind: 'failed' | 'disk-full'; readonly reason: string };

export function usualPythons(platform: NodeJS.Platform): readonly (readonly string[])[] {
  return platform === 'win32' ? [['py', '-3'], ['python']] : [['python3'], ['python']];
}

/**
 * Puts one package from the Python package index into a folder, by pip, which knows the person's mirrors and proxies.
 * Wheels only, so that no code of the package runs. Undefined when it worked. Throws LoupeError `cancelled`.
 */
export async function pipInstall(install: PipInstall): Promise<PipFailure | undefined> {
  for (const python of install.pythons) {
    const result = await runPip(python, install);
    if (result === 'absent' || (result.code !== 0 && /No module named '?pip/.test(result.output))) continue;
    return result.code === 0 ? undefined : failureOf(result.output, install);
  }
  const tried = install.pythons.map((python) => python.join(' ')).join(', ');
  const reason = `no Python with pip was found (tried ${tried}). Install Python 3 with pip and try again.`;
  return { kind: 'failed', reason };
}

interface Finished {
  readonly code: number | null;
  readonly output: string;
}

function runPip(python: readonly string[], install: PipInstall): Promise<Finished | 'absent'> {
  const [command = 'python3', ...first] = python;
  const child = spawn(command, [...first, ...pipArguments(install)], {
    // `python -m pip` imports from the working directory first, which may be a stranger's workspace.
    cwd: install.target,
    env: { ...process.env, PIP_USER: '0', PIP_REQUIRE_VIRTUALENV: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(install.signal !== undefined && { signal: install.signal }),
  });
  let output = '';
  const collect = (data: Buffer): void => {
    output = (output + data.toString()).slice(-20_000);
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  return new Promise((resolve, reject) => {
    child.on('error', (error) => {
      if (errorCode(error) === 'ENOENT' || errorCode(error) === 'EACCES') resolve('absent');
      else reject(LoupeError.from(error));
    });
    child.on('close', (code) => resolve({ code, output }));
  });
}

function pipArguments(install: PipInstall): readonly string[] {
  return [
    ...['-m', 'pip', 'install', '--no-deps', '--no-compile', '--only-binary=:all:', '--no-input'],
    // Only the package's data is used, whatever Python its code wants.
    ...['--ignore-requires-python', '--disable-pip-version-check', '--progress-bar=off'],
    ...['--target', install.target, `${install.package}==${install.version}`],
  ];
}

function failureOf(output: string, install: PipInstall): PipFailure {
  if (/No space left on device|ENOSPC/i.test(output)) return { kind: 'disk-full', reason: 'no space left' };
  const wanted = `${install.package} ${install.version}`;
  if (
    /NewConnectionError|ConnectTimeout|ConnectionError|name resolution|ProxyError|SSLError|Network is unreachable/i.test(
      output,
    )
  )
    return {
      kind: 'failed',
      reason: `pip cannot reach the package index, so ${wanted} stays away. Check the network.`,
    };
  if (/No matching distribution/i.test(output))
    return { kind: 'failed', reason: `the package index that pip uses has no ${wanted}.` };
  const lines = output.trim().split(/\r?\n/);
  const last = lines.findLast((line) => line.startsWith('ERROR')) ?? lines.at(-1) ?? 'no output';
  return { kind: 'failed', reason: `pip says: ${last.replace(/^ERROR:\s*/, '')}` };
}
