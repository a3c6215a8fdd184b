import { formatBytes, type Wording } from '../base/wording.ts';
import { modelName } from '../../shared/modelName.ts';
import type { TaskProgress } from '../../shared/taskProtocol.ts';
import type { ProgressReport } from './delayedProgress.ts';

/** What a running request is doing, in words. `from` is where downloads come from. */
export function progressReport(progress: TaskProgress, from: string, wording: Wording): ProgressReport {
  const { t } = wording;
  switch (progress.kind) {
    case 'download': {
      const { file, loaded, total } = progress;
      const got = formatBytes(loaded, wording);
      return total === undefined
        ? { message: t('Downloading {file} from {from}, once: {got}', { file, from, got }) }
        : {
            message: t('Downloading {file} from {from}, once: {got} of {total}', {
              file,
              from,
              got,
              total: formatBytes(total, wording),
            }),
            fraction: total === 0 ? undefined : loaded / total,
          };
    }
    case 'load':
      return { message: t('Loading {model}', { model: modelName(progress.model) }) };
    case 'run': {
      const { done, total } = progress;
      return {
        message: t('{done} of {total} windows', { done, total }),
        fraction: total === 0 ? undefined : done / total,
      };
    }
  }
}
