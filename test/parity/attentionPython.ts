import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Tensor } from 'onnxruntime-node';
import type { StackName } from '../../src/shared/attentionProtocol.ts';
import { runPythonScript } from './python.ts';

/** Options of `Variant` in trainer/src/loupe_trainer/testing/write.py. */
export interface VariantOptions {
  readonly attention?: 'sdpa';
  readonly operator?: string;
  readonly cache?: boolean;
  readonly split?: boolean;
  readonly external_data?: boolean;
}

/** Jobs of attentionReference.py, which says what they do. */
export type AttentionJob =
  | {
      readonly kind: 'tiny' | 'gates';
      readonly architecture: string;
      readonly variants: Readonly<Record<string, VariantOptions>>;
    }
  | { readonly kind: 'encoder'; readonly folder: string }
  | { readonly kind: 'softmax'; readonly file: string }
  | ({ readonly kind: 'text'; readonly text: string; readonly target?: string } & (
      { readonly architecture: string } | { readonly folder: string }
    ));

/** One run of one file. `inputs` may hold more than it takes. */
export interface AttentionCheck {
  readonly file: string;
  readonly variant: string;
  readonly title: string;
  readonly inputs: ReadonlyMap<string, Tensor>;
  /** By name. */
  readonly outputs: ReadonlyMap<string, Tensor>;
  /** Maps [batch, heads, queries, keys] by stack, layer by layer. */
  readonly expected: ReadonlyMap<StackName, readonly Tensor[]>;
  /** [batch, queries]: 0 for rows that may be anything. */
  readonly rows: Tensor | undefined;
}

interface Place {
  readonly type: 'float32' | 'int64';
  readonly dims: readonly number[];
  readonly offset: number;
  readonly count: number;
}
type WrittenCheck = Pick<AttentionCheck, 'file' | 'variant' | 'title'> & {
  readonly inputs: Readonly<Record<string, Place>>;
  readonly outputs: Readonly<Record<string, Place>>;
  readonly expected: Readonly<Partial<Record<StackName, readonly Place[]>>>;
  readonly rows: Place | null;
};

/** Runs attentionReference.py over all jobs; what it writes, models included, stays in `folder`. Checks by name of the job. */
export async function attentionReference(
  python: string,
  jobs: Readonly<Record<string, AttentionJob>>,
  folder: string,
): Promise<ReadonlyMap<string, readonly AttentionCheck[]>> {
  const jobsFile = path.join(folder, 'jobs.json');
  await writeFile(jobsFile, JSON.stringify(jobs));
  await runPythonScript(python, 'attentionReference.py', [jobsFile, folder]);
  const { buffer, byteOffset } = await readFile(path.join(folder, 'tensors.bin'));
  const tensorAt = ({ type, dims, offset, count }: Place): Tensor =>
    type === 'float32'
      ? new Tensor(type, new Float32Array(buffer, byteOffset + offset, count), dims)
      : new Tensor(type, new BigInt64Array(buffer, byteOffset + offset, count), dims);
  const results = JSON.parse(await readFile(path.join(folder, 'results.json'), 'utf8')) as Readonly<
    Record<string, readonly WrittenCheck[]>
  >;
  const read = (check: WrittenCheck): AttentionCheck => ({
    ...check,
    inputs: new Map(Object.entries(check.inputs).map(([name, place]) => [name, tensorAt(place)])),
    outputs: new Map(Object.entries(check.outputs).map(([name, place]) => [name, tensorAt(place)])),
    expected: new Map(
      Object.entries(check.expected).map(([stack, places]) => [stack as StackName, places.map(tensorAt)]),
    ),
    rows: check.rows === null ? undefined : tensorAt(check.rows),
  });
  return new Map(Object.entries(results).map(([name, checks]) => [name, checks.map(read)]));
}
