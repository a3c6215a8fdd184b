import path from 'node:path';
import { createInferenceClient, type InferenceClient } from '../inference/client/inferenceClient.ts';
import type { InferenceSettings } from '../shared/inferenceProtocol.ts';
import { inferenceSettings, type Setting } from './setting.ts';

/** The built entry of the inference process. */
export function inferenceModule({ root }: Setting): string {
  return path.join(root, 'dist', 'inference.cjs');
}

/** The inference process of this command; its log is shown when LOUPE_DEBUG is set. */
export function startClient(
  setting: Setting,
  choice: Pick<InferenceSettings, 'device' | 'precision' | 'threads'>,
  say: (line: string) => void,
): InferenceClient {
  const settings = inferenceSettings(setting, choice);
  const isDebugging = (setting.environment['LOUPE_DEBUG'] ?? '') !== '';
  return createInferenceClient({
    modulePath: inferenceModule(setting),
    settings: () => settings,
    log: (level, line) => {
      if (isDebugging) say(`[${level}] ${line}`);
    },
  });
}
