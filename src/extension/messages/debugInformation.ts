import os from 'node:os';
import type { InferenceInfo, InferenceState } from '../../shared/inferenceProtocol.ts';
import type { LoupeSettings } from '../settings/readSettings.ts';

export interface DebugFacts {
  readonly loupe: string;
  readonly editor: string;
  readonly editorLanguage: string;
  readonly remote: string | undefined;
  readonly trusted: boolean;
  readonly settings: LoupeSettings;
  readonly state: InferenceState;
  /** Undefined while the process does not run. */
  readonly inference: InferenceInfo | undefined;
  /** How many results are kept, by task. */
  readonly results: Readonly<Record<string, number>>;
  readonly log: readonly string[];
}

/**
 * What a bug report needs, as Markdown in English, whatever the editor's language. None of the person's texts or
 * questions; the home folder is written as `~`.
 */
export function debugInformation(facts: DebugFacts, home: string = os.homedir()): string {
  const { inference } = facts;
  const rows: readonly (readonly [string, string])[] = [
    ['Loupe', facts.loupe],
    [
      'Editor',
      `${facts.editor} (${facts.editorLanguage}${facts.remote === undefined ? '' : `, remote ${facts.remote}`})`,
    ],
    ['System', `${os.platform()} ${os.release()} ${os.arch()}`],
    ['Processor', `${os.cpus()[0]?.model ?? 'unknown'}, ${os.availableParallelism()} cores`],
    ['Memory', `${Math.round(os.totalmem() / 2 ** 20)} MB, ${Math.round(os.freemem() / 2 ** 20)} MB free`],
    ['Node (extension host)', process.version],
    ['Workspace trusted', String(facts.trusted)],
    ['Inference process', facts.state],
    ...(inference === undefined ? [] : inferenceRows(inference)),
    ['Results kept', JSON.stringify(facts.results)],
  ];
  const lines = [
    '### Loupe debug information',
    '',
    ...rows.map(([name, value]) => `- ${name}: ${value}`),
    '',
    '```json',
    JSON.stringify(facts.settings, null, 2),
    '```',
    '',
    '```text',
    ...facts.log,
    '```',
    '',
  ];
  return lines.join('\n').replaceAll(home, '~');
}

function inferenceRows(info: InferenceInfo): readonly (readonly [string, string])[] {
  const models = info.models.map(
    ({ reference, device, precision, bytes, lanes }) =>
      `${reference} (${precision} on ${device}, ${Math.round(bytes / 1e6)} MB, ${lanes} lanes)`,
  );
  return [
    ['Process', `pid ${info.pid}, Node ${info.node}, ${info.rssMb} MB, ${info.queued} queued`],
    ['onnxruntime', `${info.onnxruntime}, devices ${info.devices.join(', ')}`],
    ['Tokenizers', info.tokenizers],
    ['Loaded models', models.length === 0 ? 'none' : models.join('; ')],
  ];
}
