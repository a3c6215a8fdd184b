import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { LoupeError } from '../../shared/errors.ts';
import { taskNames, type TaskName } from '../../shared/taskProtocol.ts';
import { whyNotForText } from './architectures.ts';
import { emptyCard, parseCard, type ModelCard } from './card.ts';
import { isMissing, readTextFile, unreadable } from './files.ts';
import { readJsonObject } from './jsonFile.ts';
import { maxTokens } from './maxTokens.ts';
import { readConfig, type ModelConfig } from './modelConfig.ts';
import type { LocalModel, ModelDescription, ModelPurpose, ModelWeights } from './modelDescription.ts';
import { checkOnnxFile } from './onnxFile.ts';
import { isPickle, isSafetensors, pickWeights, totalBytes } from './weightFiles.ts';

/**
 * Reads a model folder (config.json, tokenizer.json, onnx/*.onnx or *.onnx, optionally tokenizer_config.json and a
 * README.md as card) without reading its weights. `reference` goes into the description and into messages.
 *
 * Throws LoupeError `model-folder-missing`, `model-file-missing`, `model-file-invalid`, `model-no-onnx`,
 * `model-pickle-refused` or `model-architecture-unsupported`.
 */
export async function readModelFolder(
  directory: string,
  reference: string,
  purpose: ModelPurpose = 'task',
): Promise<LocalModel> {
  const files = await listFiles(directory);
  const description = await describeFolder(directory, reference, purpose);
  const weights = await readWeights(directory, files, purpose);
  if (!files.includes('tokenizer.json'))
    throw new LoupeError('model-file-missing', { directory, file: 'tokenizer.json' });
  return { description, tokenizerFile: path.join(directory, 'tokenizer.json'), weights };
}

/**
 * Describes a model from its small files alone; weights and tokenizer need not be there yet. Throws LoupeError
 * `model-file-missing` without config.json, `model-file-invalid` or `model-architecture-unsupported`.
 */
export async function describeFolder(
  directory: string,
  reference: string,
  purpose: ModelPurpose = 'task',
): Promise<ModelDescription> {
  const configFile = path.join(directory, 'config.json');
  const config = await readJsonObject(configFile);
  if (config === undefined) throw new LoupeError('model-file-missing', { directory, file: 'config.json' });
  const facts = readConfig(config, configFile);
  const card = await readCard(directory);
  const task = facts.task ?? taskOfCard(card);
  refuseArchitecture(facts, task, purpose, reference);
  const tokenizerConfig = await readJsonObject(path.join(directory, 'tokenizer_config.json'));
  return {
    reference,
    directory,
    architecture: facts.architecture,
    task,
    labels: facts.labels,
    problemType: facts.problemType,
    maxTokens: maxTokens(config, tokenizerConfig ?? {}),
    languages: card.languages,
    answersImpossible: facts.answersImpossible ?? cardSaysImpossible(card),
    licence: card.licence,
  };
}

/** Files at the top and in `onnx/`, as paths with `/`. */
async function listFiles(directory: string): Promise<readonly string[]> {
  const top = await namesIn(directory);
  if (top === undefined) throw new LoupeError('model-folder-missing', { directory });
  const onnx = (await namesIn(path.join(directory, 'onnx'))) ?? [];
  return [...top, ...onnx.map((name) => `onnx/${name}`)];
}

async function namesIn(directory: string): Promise<readonly string[] | undefined> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw unreadable(error, directory);
  }
}

async function readCard(directory: string): Promise<ModelCard> {
  const text = await readTextFile(path.join(directory, 'README.md'));
  return text === undefined ? emptyCard : parseCard(text);
}

function taskOfCard(card: ModelCard): TaskName | undefined {
  return taskNames.find((task) => task === card.pipelineTag);
}

function refuseArchitecture(
  config: ModelConfig,
  task: TaskName | undefined,
  purpose: ModelPurpose,
  model: string,
): void {
  const otherHead = task === undefined && purpose === 'task' ? config.otherHead : undefined;
  const architecture = whyNotForText(config.architecture) ?? otherHead;
  if (architecture !== undefined)
    throw new LoupeError('model-architecture-unsupported', { model, architecture });
}

/** SQuAD 2.0 is what models that may answer "nothing" are trained on; its name in the card tells as much as our tag. */
function cardSaysImpossible(card: ModelCard): boolean {
  return (
    card.tags.includes('unanswerable') ||
    [...card.tags, ...card.datasets].some((name) => /(?:^|\/)squad[-_]?v?2/i.test(name))
  );
}

async function readWeights(
  directory: string,
  files: readonly string[],
  purpose: ModelPurpose,
): Promise<readonly ModelWeights[]> {
  const found = pickWeights(files, purpose);
  if (found.length === 0) throw noWeights(directory, files);
  return Promise.all(
    found.map(async ({ precision, file, encoder, data }) => {
      const graphs = encoder === undefined ? [file] : [file, encoder];
      for (const graph of graphs) await checkOnnxFile(path.join(directory, graph));
      return {
        precision,
        file: path.join(directory, file),
        ...(encoder !== undefined && { encoder: path.join(directory, encoder) }),
        bytes: await totalBytes(directory, [...graphs, ...data]),
      };
    }),
  );
}

/** What is wrong with a folder (or a hub repository) whose files hold no ONNX weights. */
export function noWeights(directory: string, files: readonly string[]): LoupeError {
  const pickle = files.find(isPickle);
  return pickle !== undefined && !files.some(isSafetensors)
    ? new LoupeError('model-pickle-refused', { file: pickle })
    : new LoupeError('model-no-onnx', { directory });
}
