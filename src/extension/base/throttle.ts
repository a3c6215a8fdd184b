import type { Debounced } from './debounce.ts';

/** Calls `action` soon after a call, and at most once in `intervalMs` however many calls there are. */
export function throttle(intervalMs: number, action: () => void): Debounced {
  let timer: NodeJS.Timeout | undefined;
  const call = () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      action();
    }, intervalMs);
  };
  const dispose = () => {
    clearTimeout(timer);
    timer = undefined;
  };
  return Object.assign(call, { dispose });
}
