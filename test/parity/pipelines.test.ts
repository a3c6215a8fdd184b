import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readModelFolder } from '../../src/core/models/folder.ts';
import { loadTokenizer } from '../../src/core/text/loadTokenizer.ts';
import type { Window } from '../../src/core/text/window.ts';
import type { InferenceClient } from '../../src/inference/client/inferenceClient.ts';
import { aggregationStrategies } from '../../src/shared/taskProtocol.ts';
import type { ResponseOf, TaskRequest } from '../../src/shared/taskProtocol.ts';
import { skipBecause } from '../support/skip.ts';
import { description } from '../unit/tasks/description.ts';
import { compareEntities, compareScores, compareWindows } from './compare.ts';
import { grammarFolder, int8File, parityClient, starterFolder } from './models.ts';
import { parityTexts, runPython } from './python.ts';
import type { ModelSource, PythonEntity, PythonJob, PythonScores, PythonWindows } from './python.ts';

const kinds = { wordpiece: 'bert', bpe: 'roberta', unigram: 'xlm-roberta' } as const;
const question = 'Quem não gostou do filme? 👍🏽';
const small = { maxLength: 48, stride: 12 };

describe('parity with Python', function () {
  this.timeout(10 * 60_000);
  let texts: readonly string[];
  let english: readonly string[];
  /** What a real model gets: all short texts, and two of several windows. */
  let fewer: readonly string[];
  let models: string | undefined;
  let client: InferenceClient | undefined;
  /** Python's results by the name of the job. */
  let results: ReadonlyMap<string, unknown>;
  const grammar = grammarFolder();

  before(async function () {
    const python = process.env['LOUPE_PYTHON'];
    if (!python)
      return skipBecause(this, 'no Python: LOUPE_PYTHON names none (npm run test:parity makes one)');
    texts = await parityTexts();
    english = texts.slice(50, 110);
    fewer = [
      ...texts.filter((text) => text.length < 1000),
      ...texts.filter((text) => text.length > 2000).slice(0, 2),
    ];
    models = await mkdtemp(path.join(tmpdir(), 'loupe-parity-models-'));
    client = parityClient();
    const jobs = await listJobs();
    const answers = await runPython(python, [...jobs.values()]);
    results = new Map([...jobs.keys()].map((name, i) => [name, answers[i]]));
  });
  after(async () => {
    client?.dispose();
    if (models !== undefined) await rm(models, { recursive: true, force: true });
  });

  const tiny = (kind: keyof typeof kinds, task: string): ModelSource => ({
    folder: path.join(models!, `${kind}-${task}`),
    tiny: true,
  });
  const sentiment: ModelSource = {
    folder: starterFolder('sentiment-en'),
    onnx: int8File(starterFolder('sentiment-en')),
  };

  async function listJobs(): Promise<Map<string, PythonJob>> {
    const jobs = new Map<string, PythonJob>();
    for (const [kind, architecture] of Object.entries(kinds) as [keyof typeof kinds, string][]) {
      for (const task of ['text-classification', 'token-classification'])
        jobs.set(`make ${kind} ${task}`, {
          kind: 'tiny',
          architecture,
          task,
          folder: tiny(kind, task).folder,
        });
      const file = tokenizerFile(kind);
      jobs.set(`offsets ${kind}`, { kind: 'offsets', file, texts, ...small });
      jobs.set(`pairs ${kind}`, { kind: 'offsets', file, texts, question, ...small });
      const windows = { texts, maxLength: 128, stride: 32 };
      jobs.set(`classify ${kind}`, { kind: 'classify', ...tiny(kind, 'text-classification'), ...windows });
      jobs.set(`tokens ${kind}`, {
        kind: 'tokens',
        ...tiny(kind, 'token-classification'),
        ...windows,
        strategies: aggregationStrategies,
      });
    }
    const { maxTokens } = (await readModelFolder(sentiment.folder, 'sentiment')).description;
    const windows = { texts, maxLength: maxTokens, stride: Math.floor(maxTokens / 4) };
    jobs.set('offsets sentiment-en', { kind: 'offsets', folder: sentiment.folder, ...windows });
    jobs.set('classify sentiment-en', { kind: 'classify', ...sentiment, ...windows, texts: fewer });
    if (grammar !== undefined) {
      jobs.set('offsets grammar-en', { kind: 'offsets', folder: grammar, texts, maxLength: 128, stride: 32 });
      jobs.set('tokens grammar-en', {
        kind: 'tokens',
        folder: grammar,
        onnx: int8File(grammar),
        texts: english,
        maxLength: 128,
        stride: 32,
        strategies: aggregationStrategies,
      });
    }
    return jobs;
  }

  const run = async <R extends TaskRequest>(request: R): Promise<ResponseOf<R>> =>
    (await client!.run(request)) as ResponseOf<R>;

  const classifyAll = (model: string, all: readonly string[]) =>
    Promise.all(
      all.map((text) =>
        run({ task: 'text-classification', model, text, priority: 'bulk', sentences: false }),
      ),
    );

  describe('the same tokens in the same places as Hugging Face fast tokenizers', () => {
    async function expectWindows(
      name: string,
      file: string,
      encode: (
        tokenizer: Awaited<ReturnType<typeof loadTokenizer>>,
        text: string,
      ) => Promise<readonly Window[]>,
    ): Promise<void> {
      const tokenizer = await loadTokenizer({ description: description(), tokenizerFile: file });
      const theirs = results.get(name) as PythonWindows[];
      for (const [i, text] of texts.entries())
        compareWindows(text, await encode(tokenizer, text), theirs[i]!, { pair: name.startsWith('pairs') });
    }

    for (const kind of ['wordpiece', 'bpe', 'unigram'] as const) {
      it(`${kind}, texts`, () =>
        expectWindows(`offsets ${kind}`, tokenizerFile(kind), (tokenizer, text) =>
          tokenizer.encode(text, small),
        ));
      it(`${kind}, question and text`, () =>
        expectWindows(`pairs ${kind}`, tokenizerFile(kind), async (tokenizer, text) => {
          const { windows } = await tokenizer.encodePair(question, text, small);
          return windows;
        }));
    }

    it('sentiment-en', () =>
      expectWindows(
        'offsets sentiment-en',
        path.join(sentiment.folder, 'tokenizer.json'),
        (tokenizer, text) => tokenizer.encode(text, { maxLength: 512, stride: 128 }),
      ));

    it('grammar-en', function () {
      if (grammar === undefined) return skipBecause(this, noGrammar);
      return expectWindows('offsets grammar-en', path.join(grammar, 'tokenizer.json'), (tokenizer, text) =>
        tokenizer.encode(text, { maxLength: 128, stride: 32 }),
      );
    });
  });

  describe('the same labels as the text-classification pipeline', () => {
    for (const kind of ['wordpiece', 'bpe', 'unigram'] as const)
      it(`random ${kind} model, fp32 against torch`, async () => {
        const ours = await classifyAll(tiny(kind, 'text-classification').folder, texts);
        compareScores(texts, ours, results.get(`classify ${kind}`) as PythonScores[]);
      });

    it('sentiment-en, int8 against the same file', async () => {
      const ours = await classifyAll(sentiment.folder, fewer);
      compareScores(fewer, ours, results.get('classify sentiment-en') as PythonScores[]);
    });
  });

  describe('the same entities as the token-classification pipeline', () => {
    for (const aggregation of aggregationStrategies) {
      const findAll = async (model: string, all: readonly string[], name: string): Promise<void> => {
        const ours = await Promise.all(
          all.map((text) =>
            run({ task: 'token-classification', model, text, priority: 'bulk', aggregation }),
          ),
        );
        const theirs = results.get(name) as Record<string, PythonEntity[]>[];
        compareEntities(
          all,
          ours,
          theirs.map((found) => found[aggregation]!),
        );
      };

      for (const kind of ['wordpiece', 'bpe', 'unigram'] as const)
        it(`${aggregation}: random ${kind} model, fp32 against torch`, () =>
          findAll(tiny(kind, 'token-classification').folder, texts, `tokens ${kind}`));

      it(`${aggregation}: grammar-en, int8 against the same file`, function () {
        if (grammar === undefined) return skipBecause(this, noGrammar);
        return findAll(grammar, english, 'tokens grammar-en');
      });
    }
  });
});

const noGrammar = 'the starter grammar-en is not installed here (loupe models install starter:grammar-en)';

function tokenizerFile(kind: string): string {
  const file = path.resolve(`test/fixtures/tokenizers/${kind}.json`);
  assert.ok(existsSync(file));
  return file;
}
