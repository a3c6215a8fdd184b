// Child processes of the scripts: each in a group of its own, so that a time limit or Ctrl+C ends everything it started.
import { spawn } from 'node:child_process';

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {Record<string, string | undefined>} [env] added to this process's environment
 * @property {number} [timeoutMs] the whole process group is killed after this; no limit when absent
 * @property {boolean} [quiet] keep the output for the caller instead of showing it
 *
 * @typedef {object} RunResult
 * @property {number} code exit code; 128 when a signal ended the process
 * @property {boolean} timedOut
 * @property {string} output stdout and stderr together, in the order they came
 * @property {number} seconds
 */

/** Ends a process and all that it started. */
const killGroup = (/** @type {number} */ pid, /** @type {NodeJS.Signals} */ signal) => {
  if (process.platform === 'win32') {
    spawn('taskkill', ['/pid', String(pid), '/T', '/F'], { stdio: 'ignore' });
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // ESRCH: the group has already gone.
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'ESRCH') throw error;
  }
};

/**
 * Starts processes and ends those that are left when this process is told to end.
 * @returns {{ run(command: string, args: string[], options?: RunOptions): Promise<RunResult> }}
 */
export const createRunner = () => {
  /** @type {Set<number>} */
  const live = new Set();
  const end = (/** @type {number} */ code) => () => {
    for (const pid of live) killGroup(pid, 'SIGKILL');
    process.exit(code);
  };
  process.once('SIGINT', end(130));
  process.once('SIGTERM', end(143));

  return {
    run: (command, args, options = {}) =>
      new Promise((resolve, reject) => {
        const started = Date.now();
        const child = spawn(command, args, {
          cwd: options.cwd,
          env: { ...process.env, ...options.env },
          stdio: ['ignore', 'pipe', 'pipe'],
          detached: process.platform !== 'win32',
          // npm and code are .cmd files on Windows, which only a shell starts.
          shell: process.platform === 'win32',
        });
        const { pid } = child;
        let output = '';
        let timedOut = false;
        for (const stream of /** @type {const} */ (['stdout', 'stderr'])) {
          child[stream].setEncoding('utf8');
          child[stream].on('data', (/** @type {string} */ text) => {
            output += text;
            if (options.quiet !== true) process[stream].write(text);
          });
        }
        const limit =
          options.timeoutMs === undefined || pid === undefined
            ? undefined
            : setTimeout(() => {
                timedOut = true;
                killGroup(pid, 'SIGKILL');
              }, options.timeoutMs);
        if (pid !== undefined) live.add(pid);
        child.on('error', reject);
        // 'exit', not 'close': a grandchild that outlives the process would hold the pipes open.
        child.on('exit', (code) => {
          clearTimeout(limit);
          setTimeout(() => {
            if (pid !== undefined) {
              live.delete(pid);
              killGroup(pid, 'SIGKILL');
            }
            resolve({ code: code ?? 128, timedOut, output, seconds: (Date.now() - started) / 1000 });
          }, 50);
        });
      }),
  };
};

/** @typedef {ReturnType<typeof createRunner>} Runner */
