import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { InferenceClient } from '../../../src/inference/client/inferenceClient.ts';
import { createInferenceClient } from '../../../src/inference/client/inferenceClient.ts';
import type { Timings } from '../../../src/inference/client/options.ts';
import { LoupeError } from '../../../src/shared/errors.ts';
import type { InferenceState } from '../../../src/shared/inferenceProtocol.ts';
import type { ClassificationRequest } from '../../../src/shared/taskProtocol.ts';
import { settings } from './inferenceFixture.ts';

const modulePath = path.join(import.meta.dirname, '../../fixtures/inference/fakeChild.cjs');

/** Fast enough for a test, slow enough for a busy machine to start Node in `handshake`. */
const timings: Timings = {
  handshake: 30_000,
  control: 30_000,
  silence: 30_000,
  backOff: [10, 20, 40],
  grace: 200,
};

export interface FakeClient {
  readonly client: InferenceClient;
  readonly states: readonly InferenceState[];
  readonly lines: readonly string[];
  /** Process ids of all starts so far. */
  readonly starts: () => readonly number[];
  readonly dispose: () => void;
}

/** A client whose process is test/fixtures/inference/fakeChild.cjs; `script` says how each start behaves. */
export function fakeClient(script: string, changes: Partial<Timings> = {}): FakeClient {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'loupe-fake-'));
  const startsFile = path.join(folder, 'starts');
  const lines: string[] = [];
  const states: InferenceState[] = [];
  const client = createInferenceClient({
    modulePath,
    settings: () => settings(),
    log: (level, line) => void lines.push(`${level} ${line}`),
    env: { ...process.env, LOUPE_FAKE_SCRIPT: script, LOUPE_FAKE_STARTS: startsFile },
    timings: { ...timings, ...changes },
  });
  client.onDidChangeState((state) => void states.push(state));
  return {
    client,
    states,
    lines,
    starts: () => readStarts(startsFile),
    dispose: () => {
      client.dispose();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function readStarts(file: string): readonly number[] {
  try {
    return readFileSync(file, 'utf8').trim().split('\n').map(Number);
  } catch {
    return [];
  }
}

export function ask(text: string): ClassificationRequest {
  return { task: 'text-classification', model: 'fake', text, priority: 'interactive', sentences: false };
}

export const hasCode =
  (code: string) =>
  (thrown: unknown): boolean =>
    thrown instanceof LoupeError && thrown.code === code;

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Waits until `check` holds, at most twenty seconds. */
export async function until(check: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 20_000;
  while (!(await check())) {
    if (performance.now() > end) throw new Error('waited twenty seconds in vain');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
