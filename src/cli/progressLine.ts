import type { TaskProgress } from '../shared/taskProtocol.ts';

/** One line that says what is being waited for. */
export function progressLine(progress: TaskProgress): string {
  switch (progress.kind) {
    case 'download':
      return progress.total === undefined
        ? `Downloading ${progress.file}: ${megabytes(progress.loaded)}`
        : `Downloading ${progress.file}: ${megabytes(progress.loaded)} of ${megabytes(progress.total)}`;
    case 'load':
      return `Loading ${progress.model}`;
    case 'run':
      return `Reading: ${progress.done} of ${progress.total} parts`;
  }
}

/** Bytes as people read them: `23.1 MB` (10^6 bytes). */
export function megabytes(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
