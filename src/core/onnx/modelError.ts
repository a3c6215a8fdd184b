import { LoupeError } from '../../shared/errors.ts';
import { WireError } from './wire.ts';

/**
 * Does `work` on a model's file. Throws LoupeError `model-file-invalid` where the file is damaged, or it (or a file of its
 * weights) cannot be read.
 */
export async function onModelFile<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const isSystem = error instanceof Error && 'syscall' in error;
    if (!(error instanceof WireError) && !isSystem) throw error;
    throw new LoupeError('model-file-invalid', { file, reason: error.message }, { cause: error });
  }
}
