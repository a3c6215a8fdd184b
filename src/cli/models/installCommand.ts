import os from 'node:os';
import { openModel } from '../../core/models/openModel.ts';
import { formatReference, parseReference } from '../../core/models/reference.ts';
import { installStarter } from '../../core/models/starters/installStarter.ts';
import type { Precision } from '../../shared/inferenceProtocol.ts';
import type { TaskProgress } from '../../shared/taskProtocol.ts';
import { usageError } from '../arguments/values.ts';
import { progressLine } from '../progressLine.ts';
import type { Setting } from '../setting.ts';
import type { Terminal } from '../terminal.ts';

/** `loupe models install`: fetches a starter or a hub model, and says where it lies. */
export async function installCommand(
  reference: string,
  precision: Precision,
  setting: Setting,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  const { places } = setting;
  const parsed = parseReference(reference, { directory: places.baseDirectory, home: os.homedir() });
  if (parsed.kind === 'folder')
    throw usageError(`${reference} is a folder: use it as it is, with --model ${reference}`);
  const onProgress = (progress: TaskProgress): void => terminal.status(progressLine(progress));
  terminal.say(`Fetching ${formatReference(parsed)} ...`);
  const directory =
    parsed.kind === 'starter'
      ? await installStarter(parsed.name, places, { signal, onProgress })
      : (await openModel(reference, undefined, places, { signal, onProgress, precision })).description
          .directory;
  terminal.status('');
  await terminal.write(`${formatReference(parsed)} is ready in ${directory}\n`);
  return 0;
}
