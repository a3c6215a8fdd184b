import type * as NativeTokenizers from '@anush008/tokenizers';
import { readFile } from 'node:fs/promises';
import { LoupeError } from '../../shared/errors.ts';
import type { LocalModel } from '../models/modelDescription.ts';
import { RustTokenizer } from './rustTokenizer.ts';
import type { TextTokenizer } from './textTokenizer.ts';
import { readTokenizerFacts } from './tokenizerFacts.ts';

type NativeModule = typeof NativeTokenizers;

/**
 * The tokenizer of a model: the Rust one, or transformers.js's where the Rust one has no build for this machine
 * (`kind` is then 'javascript'; the caller tells the person with the warning `tokenizer-fallback`).
 * `importNative` is there for tests. Rejects with `model-file-missing` or `model-file-invalid`.
 */
export async function loadTokenizer(
  model: Pick<LocalModel, 'tokenizerFile' | 'description'>,
  importNative: () => Promise<NativeModule> = () => import('@anush008/tokenizers'),
): Promise<TextTokenizer> {
  const file = model.tokenizerFile;
  const source = await readSource(file, model.description.directory);
  const native = await orUndefined(importNative);
  try {
    const json: unknown = JSON.parse(source);
    const facts = readTokenizerFacts(json);
    if (native) return new RustTokenizer(native.Tokenizer.fromString(source), facts, file);
    const { JavascriptTokenizer } = await import('./javascriptTokenizer.ts');
    return new JavascriptTokenizer(json as object, facts, file);
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new LoupeError('model-file-invalid', { file, reason }, { cause: thrown });
  }
}

/** A native module that does not load is no error here: `kind` says which tokenizer took its place. */
async function orUndefined(importNative: () => Promise<NativeModule>): Promise<NativeModule | undefined> {
  return importNative().catch(() => undefined);
}

async function readSource(file: string, directory: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (thrown) {
    throw new LoupeError('model-file-missing', { directory, file: 'tokenizer.json' }, { cause: thrown });
  }
}
