import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { AggregationStrategy } from '../../src/shared/taskProtocol.ts';

const folder = import.meta.dirname;

interface Windows {
  readonly texts: readonly string[];
  readonly maxLength: number;
  readonly stride: number;
}

/** Jobs of reference.py, which says what they do. */
export type PythonJob =
  | { readonly kind: 'tiny'; readonly architecture: string; readonly task: string; readonly folder: string }
  | (Windows & { readonly kind: 'offsets'; readonly question?: string } & TokenizerSource)
  | (Windows & { readonly kind: 'classify' } & ModelSource)
  | (Windows & {
      readonly kind: 'tokens';
      readonly strategies: readonly AggregationStrategy[];
    } & ModelSource);

type TokenizerSource = { readonly file: string } | ModelSource;
export interface ModelSource {
  readonly folder: string;
  /** Made by a `tiny` job. */
  readonly tiny?: boolean;
  /** Without it the torch weights in the folder answer. */
  readonly onnx?: string;
}

/** Result of an `offsets` job for one text: its windows, with the names of src/core/text/window.ts. */
export type PythonWindows = readonly Readonly<
  Record<'ids' | 'typeIds' | 'special' | 'sequence' | 'words' | 'offsets', readonly number[]>
>[];
/** Result of a `classify` job for one text. */
export type PythonScores = Readonly<Record<string, number>>;
/** Result of a `tokens` job for one text and strategy. */
export interface PythonEntity {
  readonly label: string;
  readonly score: number;
  readonly start: number;
  readonly end: number;
}

/** Runs reference.py once over all jobs; rejects with Python's last words. */
export async function runPython(python: string, jobs: readonly PythonJob[]): Promise<unknown[]> {
  const work = await mkdtemp(path.join(tmpdir(), 'loupe-parity-'));
  try {
    const files = [path.join(work, 'jobs.json'), path.join(work, 'results.json')] as const;
    await writeFile(files[0], JSON.stringify(jobs));
    await runPythonScript(python, 'reference.py', files);
    return JSON.parse(await readFile(files[1], 'utf8')) as unknown[];
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Runs a script of this folder; rejects with Python's last words. */
export function runPythonScript(python: string, script: string, args: readonly string[]): Promise<void> {
  const trainer = path.join(folder, '../../trainer/src');
  const env = { ...process.env, PYTHONPATH: trainer, HF_HUB_OFFLINE: '1', OMP_NUM_THREADS: '1' };
  const child = spawn(python, [path.join(folder, script), ...args], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (words = (words + chunk).slice(-4000)));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${script} ended with ${code}:\n${words}`));
    });
  });
}

/** All texts of texts.json, in order. */
export async function parityTexts(): Promise<string[]> {
  const groups = JSON.parse(await readFile(path.join(folder, 'texts.json'), 'utf8')) as Record<
    string,
    string[]
  >;
  return Object.values(groups).flat();
}
