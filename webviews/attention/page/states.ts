import type { TemplateResult } from 'lit';
import { html, nothing } from 'lit';
import type { Loadable } from '../../common/questions.ts';
import type { TaskProgress } from '../../../src/shared/taskProtocol.ts';
import type { Context } from './context.ts';

/** What stands in place of a picture that is not there yet, or will not come. */
export function notReady<T>(
  { say }: Pick<Context, 'say'>,
  loadable: Loadable<T>,
  actions: { readonly retry: () => void; readonly cancel?: () => void },
): TemplateResult {
  if (loadable.status === 'failed')
    return html`<div class="notice" role="alert">
      <p>${loadable.error.message}</p>
      <vscode-button @click=${actions.retry}>${say('retry')}</vscode-button>
    </div>`;
  const progress = loadable.status === 'loading' ? loadable.progress : undefined;
  return html`<div class="notice" role="status">
    <vscode-progress-ring></vscode-progress-ring>
    <p>${progress === undefined ? say('loading') : progressText({ say }, progress)}</p>
    ${
      actions.cancel === undefined
        ? nothing
        : html`<vscode-button secondary @click=${actions.cancel}>${say('cancel')}</vscode-button>`
    }
  </div>`;
}

/** What a request is doing, in words. */
export function progressText({ say }: Pick<Context, 'say'>, progress: TaskProgress): string {
  switch (progress.kind) {
    case 'download':
      return say('progressDownload', {
        file: progress.file,
        done: Math.round(progress.loaded / 1e6),
        total: progress.total === undefined ? '?' : Math.round(progress.total / 1e6),
      });
    case 'load':
      return say('progressLoad', { model: progress.model });
    case 'run':
      return say('progressRun', { done: progress.done, total: progress.total });
  }
}
