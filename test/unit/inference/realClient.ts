import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { InferenceClient } from '../../../src/inference/client/inferenceClient.ts';
import { createInferenceClient } from '../../../src/inference/client/inferenceClient.ts';
import type { InferenceSettings } from '../../../src/shared/inferenceProtocol.ts';
import type { ClassificationResponse, Priority } from '../../../src/shared/taskProtocol.ts';
import { settings } from './inferenceFixture.ts';

const root = path.join(import.meta.dirname, '../../..');
const modulePath = path.join(root, 'dist/inference.cjs');
const fixtures = path.join(root, 'test/fixtures/models');

export interface RealClient {
  readonly client: InferenceClient;
  readonly lines: readonly string[];
  /** A copy of the tiny classifier, or of another fixture: another model to the process. */
  readonly copyModel: (name: string, fixture?: string) => string;
  readonly classify: (
    model: string,
    text: string,
    options?: { readonly priority?: Priority; readonly sentences?: boolean; readonly signal?: AbortSignal },
  ) => Promise<ClassificationResponse>;
  readonly dispose: () => void;
}

/** A client of the built inference process (`npm run build`), with models of random weights. */
export function realClient(changes: Partial<InferenceSettings> = {}): RealClient {
  if (!existsSync(modulePath)) throw new Error(`${modulePath} is missing: run npm run build first`);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'loupe-real-'));
  const lines: string[] = [];
  const client = createInferenceClient({
    modulePath,
    settings: () => settings(changes),
    log: (level, line) => void lines.push(`${level} ${line}`),
    timings: { backOff: [10, 20, 40] },
  });
  return {
    client,
    lines,
    copyModel: (name, fixture = 'tiny-classifier') => {
      const copy = path.join(folder, name);
      cpSync(path.join(fixtures, fixture), copy, { recursive: true });
      return copy;
    },
    classify: async (model, text, { priority = 'interactive', sentences = false, ...options } = {}) => {
      const response = await client.run(
        { task: 'text-classification', model, text, priority, sentences },
        options,
      );
      if (response.task !== 'text-classification') throw new Error(`an answer of ${response.task}`);
      return response;
    },
    dispose: () => {
      client.dispose();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Texts of different lengths, always the same. */
export function texts(count: number): readonly string[] {
  return Array.from(
    { length: count },
    (_, index) => `film number ${index} ${'was not bad '.repeat(index % 9)}`,
  );
}
