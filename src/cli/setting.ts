import os from 'node:os';
import path from 'node:path';
import { defaultCacheDirectory, defaultHubEndpoint, type ModelPlaces } from '../core/models/places.ts';
import type { InferenceSettings } from '../shared/inferenceProtocol.ts';

/** Where this Loupe lies and what the environment says. */
export interface Setting {
  /** Folder with package.json, dist/ and media/. */
  readonly root: string;
  readonly places: ModelPlaces & { readonly baseDirectory: string };
  readonly environment: NodeJS.ProcessEnv;
}

/** For one command that someone waits for: half of the machine's memory, and no less than the editor's default. */
function memoryLimitMb(): number {
  return Math.max(2048, Math.floor(os.totalmem() / 2 / 2 ** 20));
}

export function readSetting(root: string, environment: NodeJS.ProcessEnv, cwd: string): Setting {
  const hub = environment['HF_ENDPOINT'];
  return {
    root,
    environment,
    places: {
      starterDirectory: path.join(root, 'media', 'models'),
      cacheDirectory: defaultCacheDirectory(environment, process.platform, os.homedir()),
      hubEndpoint: hub === undefined || hub === '' ? defaultHubEndpoint : hub.replace(/\/+$/, ''),
      baseDirectory: cwd,
    },
  };
}

export function inferenceSettings(
  { places }: Setting,
  choice: Pick<InferenceSettings, 'device' | 'precision' | 'threads'>,
): InferenceSettings {
  const { starterDirectory, cacheDirectory, hubEndpoint } = places;
  return { ...choice, memoryLimitMb: memoryLimitMb(), starterDirectory, cacheDirectory, hubEndpoint };
}
