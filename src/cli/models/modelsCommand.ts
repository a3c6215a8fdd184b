import { listModels, type ModelListing, type ModelOrigin } from '../../core/models/listModels.ts';
import { wordOfTask } from '../../shared/resultRecord.ts';
import { megabytes } from '../progressLine.ts';
import type { Setting } from '../setting.ts';
import { alignColumns } from '../table.ts';
import type { Terminal } from '../terminal.ts';

/** `loupe models`: what is there and where it came from, as a table or one JSON object a line. */
export async function modelsCommand(json: boolean, setting: Setting, terminal: Terminal): Promise<number> {
  const models = await listModels(setting.places);
  const lines = json ? models.map(jsonRow) : table(models, terminal);
  await terminal.write(`${lines.join('\n')}\n`);
  return 0;
}

/** Documented in docs/cli.md and stable like the output of `run`. */
function jsonRow(model: ModelListing): string {
  const { reference, installed, precisions, bytes, languages, licence, origin, directory, error } = model;
  return JSON.stringify({
    reference,
    task: model.task ? wordOfTask[model.task] : null,
    installed,
    precisions,
    bytes,
    languages,
    licence: licence ?? null,
    origin,
    directory,
    ...(error !== undefined && { error: { code: error.code, message: error.message } }),
  });
}

function table(models: readonly ModelListing[], terminal: Terminal): readonly string[] {
  const head = ['MODEL', 'TASK', 'PRECISION', 'SIZE', 'LANGUAGE', 'LICENCE', 'FROM'];
  const rows = models.map((model) => [
    model.reference,
    model.task ? wordOfTask[model.task] : '-',
    model.precisions.join(' ') || '-',
    model.bytes === 0 ? '-' : megabytes(model.bytes),
    model.languages.join(' ') || '-',
    model.licence ?? '-',
    `${originWords(model.origin)}${stateWords(model)}`,
  ]);
  const [first = '', ...rest] = alignColumns([head, ...rows]);
  return [terminal.paint('bold', first), ...rest];
}

function originWords(origin: ModelOrigin): string {
  switch (origin.kind) {
    case 'shipped':
      return 'ships with Loupe';
    case 'package':
      return `Python package ${origin.name} ${origin.version}`;
    case 'hub':
      return origin.commit === undefined ? 'hub' : `hub, commit ${origin.commit.slice(0, 12)}`;
    case 'folder':
      return 'folder';
  }
}

function stateWords(model: ModelListing): string {
  if (model.error !== undefined) return `; cannot be used: ${model.error.message}`;
  return model.installed ? '' : `; not installed: loupe models install ${model.reference}`;
}
