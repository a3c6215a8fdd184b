import type { InferenceSettings } from '../../../src/shared/inferenceProtocol.ts';

export function settings(changes: Partial<InferenceSettings> = {}): InferenceSettings {
  return {
    device: 'auto',
    precision: 'auto',
    threads: 2,
    memoryLimitMb: 2048,
    starterDirectory: '/no/starters',
    cacheDirectory: '/no/cache',
    hubEndpoint: 'http://127.0.0.1:1',
    ...changes,
  };
}
