import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AttentionSource } from '../../src/shared/attentionProtocol.ts';
import type { Inputs } from './inputs.ts';

/** What the attention rows work on beside what all rows have; see attentionPrepare.py. */
export interface AttentionInputs extends Inputs {
  /** Folder of the model of BERT-base's shape. */
  readonly base: string;
  /** Folder with BertViz and what its pages need (scripts/lib/bertviz.mjs). */
  readonly bertviz: string;
  /** Executable of a Chromium. */
  readonly browser: string;
  /** The text of so many tokens of the model. */
  readonly text: (model: 'bert-base' | 'model', tokens: number) => string;
}

/** Reads what scripts/bench.mjs has prepared in `folder` and named in the environment. */
export function attentionInputs(inputs: Inputs, folder: string): AttentionInputs {
  const need = (name: string): string => {
    const value = process.env[name];
    if (!value) throw new Error(`${name} is not set: run npm run bench`);
    return value;
  };
  const texts = JSON.parse(readFileSync(join(folder, 'attention-texts.json'), 'utf8')) as Readonly<
    Record<string, Readonly<Record<string, string>>>
  >;
  return {
    ...inputs,
    base: join(folder, 'bert-base'),
    bertviz: need('LOUPE_BENCH_BERTVIZ'),
    browser: need('LOUPE_BENCH_BROWSER'),
    text: (model, tokens) => {
      const text = texts[model]?.[String(tokens)];
      if (text === undefined) throw new Error(`no text of ${tokens} tokens for ${model}`);
      return text;
    },
  };
}

/** The whole text's attention, nothing added. */
export function sourceOf(model: string, text: string): AttentionSource {
  return { model, text, window: 0, generate: 0 };
}
