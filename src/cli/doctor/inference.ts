import { LoupeError } from '../../shared/errors.ts';
import { exists } from '../../core/models/files.ts';
import { inferenceModule, startClient } from '../client.ts';
import { errorMessage } from '../message.ts';
import type { Setting } from '../setting.ts';
import type { Finding } from './finding.ts';

/** Starts the inference process as `run` would and asks it what it has. */
export async function examineInference(
  setting: Setting,
  say: (line: string) => void,
): Promise<readonly Finding[]> {
  const missing = (reason: string): readonly Finding[] => [
    {
      state: 'missing',
      what: 'inference process',
      detail: `${reason} In a clone: npm ci, then npm run build.`,
    },
  ];
  const module = inferenceModule(setting);
  if (!(await exists(module))) return missing(`There is no ${module}.`);
  const client = startClient(setting, { device: 'auto', precision: 'auto', threads: 0 }, say);
  try {
    const info = await client.info();
    const hasTokenizers = info.tokenizers !== 'none';
    return [
      { state: 'ok', what: 'onnxruntime', detail: info.onnxruntime },
      {
        state: hasTokenizers ? 'ok' : 'note',
        what: 'tokenizers',
        detail: hasTokenizers
          ? `${info.tokenizers} (Rust, ${process.platform} ${process.arch})`
          : `no build for ${process.platform} ${process.arch}; the slower ones of transformers.js are used`,
      },
      {
        state: 'ok',
        what: 'devices',
        detail: `${info.devices.join(', ')} (known to onnxruntime; loading tells whether one works)`,
      },
    ];
  } catch (error) {
    return missing(errorMessage(LoupeError.from(error)));
  } finally {
    client.dispose();
  }
}
