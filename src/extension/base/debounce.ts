import type { Disposable } from '../../shared/disposable.ts';

export interface Debounced extends Disposable {
  (): void;
}

/** Calls `action` once, `delayMs` after the last call. Disposing drops a call that is still waiting. */
export function debounce(delayMs: number, action: () => void): Debounced {
  let timer: NodeJS.Timeout | undefined;
  const cancel = () => clearTimeout(timer);
  const call = () => {
    cancel();
    timer = setTimeout(action, delayMs);
  };
  return Object.assign(call, { dispose: cancel });
}
