import type { InferenceSettings } from '../../shared/inferenceProtocol.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface InferenceClientOptions {
  /** Path of the built entry, dist/inference.cjs; its lane.cjs lies beside it. */
  readonly modulePath: string;
  /** Read at every start of the process; tell later changes by `configure`. */
  readonly settings: () => InferenceSettings;
  readonly log: (level: LogLevel, line: string) => void;
  /** Environment of the process, default this one's. */
  readonly env?: NodeJS.ProcessEnv;
  readonly timings?: Partial<Timings>;
}

/** All in milliseconds. */
export interface Timings {
  /** From the fork to the answer of `initialize`. */
  readonly handshake: number;
  /** For `info` and `configure`, which never wait for a model. */
  readonly control: number;
  /** For `run` and `prepare`: without any sign of life (an answer, a progress) of the process. */
  readonly silence: number;
  /** Waits before the first, second, ... restart in a row; after the last one it gives up. */
  readonly backOff: readonly number[];
  /** Between asking the process to end and ending it by force. */
  readonly grace: number;
}

export const defaultTimings: Timings = {
  handshake: 30_000,
  control: 10_000,
  // One batch is at most one window of the longest model, some seconds on a slow machine; loading is the slow part.
  silence: 300_000,
  backOff: [1000, 2000, 4000],
  grace: 2000,
};
