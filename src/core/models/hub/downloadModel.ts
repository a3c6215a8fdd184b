import path from 'node:path';
import { LoupeError } from '../../../shared/errors.ts';
import { noWeights } from '../folder.ts';
import type { ModelPurpose, ModelWeights } from '../modelDescription.ts';
import type { HubReference } from '../reference.ts';
import type { WeightPath } from '../weightFiles.ts';
import { pickWeights, weightPaths } from '../weightFiles.ts';
import { downloadFile } from './downloadFile.ts';
import type { HubContext } from './hubContext.ts';
import { fileAddress } from './hubLayout.ts';
import { readHubRecord, writeHubRecord } from './hubRecord.ts';
import { listHubFiles, notFound, type HubFile, type HubListing } from './listing.ts';
import { ProgressMeter } from './progressMeter.ts';

const requiredFiles = ['config.json', 'tokenizer.json'];
const optionalFiles = ['tokenizer_config.json', 'README.md'];
/** More pieces than transformers.js itself would load (MAX_EXTERNAL_DATA_CHUNKS). */
const dataPiecesAtMost = 100;

export interface ModelDownload {
  readonly reference: HubReference;
  /** The model's folder in the cache. */
  readonly directory: string;
  readonly purpose: ModelPurpose;
  /** Precisions in the order in which they are wanted; the first that the hub has is downloaded. */
  readonly precisions: readonly ModelWeights['precision'][];
  /** Called when all but the weights is there: throws when the model is of no use, before the long part. */
  readonly check: () => Promise<void>;
}

/**
 * Downloads what is missing of a hub model: configuration, tokenizer, card, and the weights of one precision, nothing
 * else. The weights come last, and of them the graph: where it is, everything it needs is.
 *
 * Throws what `downloadFile` throws, and LoupeError `hub-not-found`, `model-file-missing`, `model-no-onnx` or
 * `model-pickle-refused` for what the repository has not.
 */
export async function downloadModel(download: ModelDownload, context: HubContext): Promise<void> {
  const listing = await knownFiles(download, context);
  await (listing === undefined
    ? downloadByTrying(download, context)
    : downloadListed(download, listing, context));
}

async function knownFiles(download: ModelDownload, context: HubContext): Promise<HubListing | undefined> {
  const recorded = await readHubRecord(download.directory);
  if (recorded !== undefined) return recorded;
  const listing = await listHubFiles(download.reference, context);
  if (listing === undefined) return undefined;
  await writeHubRecord(download.directory, listing);
  return listing;
}

async function downloadListed(
  download: ModelDownload,
  listing: HubListing,
  context: HubContext,
): Promise<void> {
  const { small, weights } = plan(download, listing.files, context);
  const meter = new ProgressMeter(context.onProgress, [...small, ...weights]);
  const fetchAll = async (files: readonly HubFile[]): Promise<void> => {
    for (const file of files) {
      const absent = await fetchFile(download, file, listing.commit, meter, context);
      if (absent) throw notFound('file', download.reference, context, file.path);
    }
  };
  await fetchAll(small);
  await download.check();
  await fetchAll(weights);
}

function plan(
  download: ModelDownload,
  files: readonly HubFile[],
  context: HubContext,
): { readonly small: readonly HubFile[]; readonly weights: readonly HubFile[] } {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const pick = (paths: readonly string[]): HubFile[] =>
    paths.map((name) => byPath.get(name)).filter((file) => file !== undefined);
  const paths = [...byPath.keys()];
  const missing = requiredFiles.find((name) => !byPath.has(name));
  const found = pickWeights(paths, download.purpose);
  if (missing === 'config.json') throw missingFile(missing, context);
  if (found.length === 0) throw noWeights(context.reference, paths);
  if (missing !== undefined) throw missingFile(missing, context);
  const chosen = download.precisions
    .map((precision) => found.find((candidate) => candidate.precision === precision))
    .find((candidate) => candidate !== undefined);
  if (chosen === undefined) throw noWeights(context.reference, paths);
  const graphs = chosen.encoder === undefined ? [chosen.file] : [chosen.encoder, chosen.file];
  return { small: pick([...requiredFiles, ...optionalFiles]), weights: pick([...chosen.data, ...graphs]) };
}

async function downloadByTrying(download: ModelDownload, context: HubContext): Promise<void> {
  const meter = new ProgressMeter(context.onProgress, [{ path: '' }]);
  const { reference } = download;
  const tryFile = (name: string): Promise<boolean> =>
    fetchFile(download, { path: name }, reference.revision, meter, context);
  for (const name of requiredFiles) {
    const absent = await tryFile(name);
    if (absent)
      throw name === 'config.json' ? notFound('model', reference, context) : missingFile(name, context);
  }
  for (const name of optionalFiles) await tryFile(name);
  await download.check();
  for (const { path: graph, encoder } of inOrder(download)) {
    if (encoder !== undefined) {
      await tryExternalData(encoder, tryFile);
      if (await tryFile(encoder)) continue;
    }
    // The graph last, as always; a repository without this precision answers each of these with a plain 404.
    await tryExternalData(graph, tryFile);
    if (!(await tryFile(graph))) return;
  }
  throw new LoupeError('model-no-onnx', { directory: context.reference });
}

function inOrder({ precisions, purpose }: ModelDownload): readonly WeightPath[] {
  return precisions.flatMap((precision) =>
    weightPaths(purpose).filter((candidate) => candidate.precision === precision),
  );
}

/** `tryFile` returns whether there is no such file. */
async function tryExternalData(graph: string, tryFile: (name: string) => Promise<boolean>): Promise<void> {
  if (!(await tryFile(`${graph}.data`))) return;
  for (let piece = 0; piece < dataPiecesAtMost; piece++)
    if (await tryFile(`${graph}_data${piece === 0 ? '' : `_${piece}`}`)) return;
}

/** Returns whether the hub has no such file. */
async function fetchFile(
  download: ModelDownload,
  file: HubFile,
  revision: string,
  meter: ProgressMeter,
  context: HubContext,
): Promise<boolean> {
  let size = file.bytes;
  const absent = await downloadFile(
    {
      name: file.path,
      address: fileAddress(context.endpoint, download.reference, revision, file.path),
      target: path.join(download.directory, ...file.path.split('/')),
      expected: file,
      onBytes: (loaded, total) => {
        size = total ?? loaded;
        meter.update(file.path, loaded, total);
      },
    },
    context,
  );
  if (absent?.missing === 'model' || absent?.missing === 'revision')
    throw notFound(absent.missing, download.reference, context);
  meter.finish(size);
  return absent !== undefined;
}

function missingFile(file: string, context: HubContext): LoupeError {
  return new LoupeError('model-file-missing', { directory: context.reference, file });
}
