import { readFile } from 'node:fs/promises';
import { LoupeError } from '../../shared/errors.ts';
import type { LocalModel } from '../models/modelDescription.ts';
import { RustTokenizer } from './rustTokenizer.ts';
import type { TextTokenizer } from './textTokenizer.ts';
import { readTokenizerFacts } from './tokenizerFacts.ts';

/**
 * The tokenizer of a model: the Rust one, or transformers.js's where the Rust one has no build for this machine
 * (`kind` is then 'javascript'; the caller tells the person with the warning `tokenizer-fallback`).
 * Rejects with `model-file-missing` or `model-file-invalid`.
 */
export async function loadTokenizer(model: LocalModel): Promise<TextTokenizer> {
  const file = model.tokenizerFile;
  const source = await readSource(file, model.description.directory);
  try {
    const facts = readTokenizerFacts(JSON.parse(source));
    const { Tokenizer } = await import('@anush008/tokenizers');
    return new RustTokenizer(Tokenizer.fromString(source), facts, file);
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new LoupeError('model-file-invalid', { file, reason }, { cause: thrown });
  }
}

async function readSource(file: string, directory: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (thrown) {
    throw new LoupeError('model-file-missing', { directory, file: 'tokenizer.json' }, { cause: thrown });
  }
}
