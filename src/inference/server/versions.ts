import { createRequire } from 'node:module';
import { env } from 'onnxruntime-node';

export function onnxruntimeVersion(): string {
  return env.versions.node ?? env.versions.common;
}

/** Version of the Rust tokenizers; `none` where they have no build and transformers.js's stand in. */
export function tokenizersVersion(): string {
  // The bundle is CommonJS: there is no import.meta to resolve from.
  const load = createRequire(__filename);
  try {
    load('@anush008/tokenizers');
    return (load('@anush008/tokenizers/package.json') as { readonly version: string }).version;
  } catch {
    return 'none';
  }
}
