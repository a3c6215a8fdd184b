import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { exportName, maskName } from './exportNames.ts';
import { maskFile } from './maskFile.ts';
import { offerFile } from './offerFile.ts';
import type { PanelSide } from './panelModel.ts';
import { chooseFile } from './saveFile.ts';
import type { Wording } from '../base/wording.ts';
import { withDelayedProgress } from '../inference/delayedProgress.ts';
import { progressReport } from '../inference/progressText.ts';
import type { ErrorPresenter } from '../messages/errorPresenter.ts';
import type { ExportFormat, FigureSpec, HeadAddress } from '../../shared/attentionProtocol.ts';
import { LoupeError } from '../../shared/errors.ts';
import type { InferenceLink } from '../../shared/inferenceProtocol.ts';

export interface ExporterParts {
  readonly link: Pick<InferenceLink, 'attention'>;
  readonly errors: Pick<ErrorPresenter, 'tellOnce'>;
  readonly wording: Wording;
  /** Address of the hub, for the words of a download's progress. */
  readonly hub: () => string;
}

/** Saves figures and masks where the person says. Both give the written file's path; undefined: the dialog was closed. */
export class AttentionExporter {
  readonly #parts: ExporterParts;

  constructor(parts: ExporterParts) {
    this.#parts = parts;
  }

  async export(side: PanelSide, format: ExportFormat, figure: FigureSpec): Promise<string | undefined> {
    const { link, errors, wording, hub } = this.#parts;
    const { t } = wording;
    const { source, passage } = side;
    const uri = await chooseFile(
      {
        name: exportName(passage?.document.name, source.model, format, figure),
        document: passage?.document.uri,
        title: t('Export Attention'),
        filters: { [formatTitle(format, wording)]: [format] },
      },
      wording,
    );
    if (uri === undefined) return undefined;
    // The inference process writes files of this machine only; elsewhere (a virtual workspace) VS Code takes it from here.
    const isLocal = uri.scheme === 'file';
    const file = isLocal ? uri.fsPath : path.join(os.tmpdir(), `loupe-${randomUUID()}.${format}`);
    const title = t('Exporting {file}', { file: path.posix.basename(uri.path) });
    try {
      const { warnings } = await withDelayedProgress(title, (signal, report) =>
        link.attention(
          source,
          'export',
          { format, file, overwrite: true, figure },
          { signal, onProgress: (progress) => report(progressReport(progress, hub(), wording)) },
        ),
      );
      if (!isLocal) await vscode.workspace.fs.copy(vscode.Uri.file(file), uri, { overwrite: true });
      errors.tellOnce(warnings);
    } finally {
      if (!isLocal) await rm(file, { force: true });
    }
    offerFile(uri, wording);
    return isLocal ? file : uri.toString();
  }

  async saveMask(side: PanelSide, heads: readonly HeadAddress[]): Promise<string | undefined> {
    const { wording } = this.#parts;
    const { source, passage } = side;
    const uri = await chooseFile(
      {
        name: maskName(passage?.document.name, source.model),
        document: passage?.document.uri,
        title: wording.t('Save Head Mask'),
        filters: { JSON: ['json'] },
      },
      wording,
    );
    if (uri === undefined) return undefined;
    try {
      await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(maskFile(source.model, heads)));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new LoupeError('file-unwritable', { file: uri.fsPath, reason }, { cause: error });
    }
    offerFile(uri, wording);
    return uri.fsPath;
  }
}

function formatTitle(format: ExportFormat, { t }: Wording): string {
  const titles: Record<ExportFormat, string> = {
    svg: t('SVG drawing'),
    pdf: t('PDF document'),
    png: t('PNG picture'),
    html: t('Web page'),
    csv: t('CSV table'),
    npz: t('NumPy arrays'),
  };
  return titles[format];
}
