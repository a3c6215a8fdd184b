import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInferenceClient } from '../../src/inference/client/inferenceClient.ts';
import type { InferenceClient } from '../../src/inference/client/inferenceClient.ts';
import type { InferenceSettings, Precision } from '../../src/shared/inferenceProtocol.ts';
import type { ClassificationRequest, Priority } from '../../src/shared/taskProtocol.ts';

/** Loupe's client on the built inference process, as the editor and the command line use it. */
export function startLoupe(root: string, precision: Precision): InferenceClient {
  const settings: InferenceSettings = {
    device: 'cpu',
    precision,
    threads: 0,
    memoryLimitMb: 4096,
    starterDirectory: join(root, 'media', 'models'),
    cacheDirectory: join(tmpdir(), 'loupe-bench-no-cache'),
    hubEndpoint: 'http://127.0.0.1:9',
  };
  const log = (level: string, line: string) => {
    if (level === 'error') process.stderr.write(`${line}\n`);
  };
  return createInferenceClient({
    modulePath: join(root, 'dist', 'inference.cjs'),
    settings: () => settings,
    log,
  });
}

/** A request for the whole text's label alone, which is what the competitors compute. */
export function classification(model: string, text: string, priority: Priority): ClassificationRequest {
  return { task: 'text-classification', model, text, priority, sentences: false };
}
