import * as vscode from 'vscode';

/** Milliseconds of work before anything is shown: shorter work needs no announcement. */
const patienceMs = 300;

export interface ProgressReport {
  readonly message: string;
  /** 0..1 where it is known. */
  readonly fraction?: number | undefined;
}

/**
 * Runs `work`; when it takes longer than 300 ms, shows a notification with its latest report and a Cancel button,
 * which aborts the signal.
 */
export async function withDelayedProgress<T>(
  title: string,
  work: (signal: AbortSignal, report: (progress: ProgressReport) => void) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  let latest: ProgressReport | undefined;
  let show = (progress: ProgressReport) => {
    latest = progress;
  };
  const running = work(controller.signal, (progress) => show(progress));
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  const timer = setTimeout(() => {
    void vscode.window.withProgress(options, async (progress, token) => {
      token.onCancellationRequested(() => controller.abort());
      let percent = 0;
      show = ({ message, fraction }) => {
        const next = fraction === undefined ? percent : Math.floor(fraction * 100);
        // A fraction that starts again (the next file) cannot take the bar back: VS Code only adds.
        progress.report({ message, increment: Math.max(0, next - percent) });
        percent = Math.max(percent, next);
      };
      if (latest !== undefined) show(latest);
      // The caller of withDelayedProgress gets the failure; the notification only has to end.
      await running.catch(() => undefined);
    });
  }, patienceMs);
  try {
    return await running;
  } finally {
    clearTimeout(timer);
  }
}
