import { open, statfs } from 'node:fs/promises';
import { errorCode } from '../files.ts';
import type { TaskProgress } from '../../../shared/taskProtocol.ts';

/** A file that is written to: the part of Node's FileHandle that downloads use. */
export interface WritableFile {
  appendFile(data: Uint8Array): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** The world outside, so that tests can break it. */
export interface HubTools {
  readonly fetch: typeof fetch;
  /** Opens for appending; creates the file. */
  readonly openForAppend: (file: string) => Promise<WritableFile>;
  /** Free bytes for this user on the disk that holds `directory`; undefined when the system does not tell. */
  readonly freeBytes: (directory: string) => Promise<number | undefined>;
  /** Silence after which a connection counts as dropped, in ms. */
  readonly stallMs: number;
  /** Waits before each new attempt, in ms; the length is how many attempts in a row may bring nothing. */
  readonly backOffMs: readonly number[];
}

export const hubTools: HubTools = {
  fetch: (input, init) => fetch(input, init),
  openForAppend: (file) => open(file, 'a'),
  freeBytes: async (directory) => {
    try {
      const disk = await statfs(directory);
      return disk.bavail * disk.bsize;
    } catch (error) {
      if (errorCode(error) === 'ENOSYS') return undefined;
      throw error;
    }
  },
  stallMs: 30_000,
  backOffMs: [500, 1000, 2000, 4000],
};

/** What every step of one model's download is given. */
export interface HubContext {
  /** The model reference, for messages. */
  readonly reference: string;
  /** Base address of the hub, without a trailing slash. */
  readonly endpoint: string;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ((progress: TaskProgress) => void) | undefined;
  readonly tools: HubTools;
}
