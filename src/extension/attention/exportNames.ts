import type { ExportFormat, FigureSpec } from '../../shared/attentionProtocol.ts';
import { modelName } from '../../shared/modelName.ts';

/** A good name for an export, without folder: the document, the model, and which part of it is shown. */
export function exportName(
  document: string | undefined,
  model: string,
  format: ExportFormat,
  figure: FigureSpec,
): string {
  // An NPZ and a page hold all heads, whichever is looked at.
  const shown = format === 'npz' || format === 'html' ? 'attention' : figureName(figure);
  return `${baseName(document, model)}-${shown}.${format}`;
}

export function maskName(document: string | undefined, model: string): string {
  return `${baseName(document, model)}-head-mask.json`;
}

function baseName(document: string | undefined, model: string): string {
  const stem = document?.replace(/\.[^.]+$/, '') ?? 'text';
  return [stem, modelName(model)].map(fileSafe).join('-');
}

function figureName(figure: FigureSpec): string {
  switch (figure.view) {
    case 'matrix':
    case 'text': {
      const { stack, layer, head } = figure.at;
      const token = figure.view === 'text' ? `-token${figure.token}` : '';
      return `${stackName(stack)}layer${layer}-head${head}${token}`;
    }
    case 'links':
      return `${stackName(figure.stack)}layer${figure.layer}-links`;
    case 'overview':
      return `${stackName(figure.stack)}overview`;
  }
}

/** Most models have one stack, the encoder: it need not be said. */
function stackName(stack: string): string {
  return stack === 'encoder' ? '' : `${stack}-`;
}

/** Only what every file system takes. */
function fileSafe(name: string): string {
  const safe = name.replace(/[\s\\/:*?"<>|[\]@]+/g, '-').replace(/^[-.]+|[-.]+$/g, '');
  return safe === '' ? 'text' : safe;
}
