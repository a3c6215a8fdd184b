import { rename, rm, stat, writeFile } from 'node:fs/promises';
import { isMissing, readTextFile } from '../files.ts';
import { isJsonObject } from '../jsonFile.ts';
import { diskError } from './diskError.ts';
import type { HubTools, WritableFile } from './hubContext.ts';

/** What tells whether the rest of a file still belongs to its beginning. */
export interface Validator {
  /** A strong ETag of the server that sent the bytes. */
  readonly etag?: string;
  /** The hub's checksum of the whole file. */
  readonly checksum?: string;
}

/**
 * The received beginning of a file: `<file>.partial`, and what it belongs to in `<file>.partial.json`. Nothing reads
 * a model from here; only `finish` gives the file its name, in one step.
 */
export class PartialFile {
  readonly target: string;
  readonly path: string;
  readonly #sidecar: string;
  readonly #tools: HubTools;
  #handle: WritableFile | undefined;
  #bytes = 0;

  constructor(target: string, tools: HubTools) {
    this.target = target;
    this.path = `${target}.partial`;
    this.#sidecar = `${target}.partial.json`;
    this.#tools = tools;
  }

  /** Bytes received so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Bytes on the disk, whoever wrote them. */
  async size(): Promise<number> {
    try {
      return (await stat(this.path)).size;
    } catch (error) {
      if (isMissing(error)) return 0;
      throw error;
    }
  }

  /** Looks what an earlier attempt left; undefined when nothing can be continued. */
  async resume(): Promise<Validator | undefined> {
    await this.close();
    this.#bytes = await this.size();
    if (this.#bytes === 0) return undefined;
    const text = await readTextFile(this.#sidecar);
    return text === undefined ? undefined : parseValidator(text);
  }

  /** Throws away what there is and begins anew. */
  async restart(validator: Validator): Promise<void> {
    await this.discard();
    await this.#onDisk(() => writeFile(this.#sidecar, JSON.stringify(validator)));
  }

  async append(data: Uint8Array): Promise<void> {
    await this.#onDisk(async () => {
      this.#handle ??= await this.#tools.openForAppend(this.path);
      await this.#handle.appendFile(data);
    });
    this.#bytes += data.byteLength;
  }

  /** Closes the file; what was received stays for a later `resume`. */
  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }

  async discard(): Promise<void> {
    await this.close();
    await rm(this.path, { force: true });
    await rm(this.#sidecar, { force: true });
    this.#bytes = 0;
  }

  /** Makes sure that every byte is on the disk. An empty file is created when nothing was appended. */
  async flush(): Promise<void> {
    await this.#onDisk(async () => {
      this.#handle ??= await this.#tools.openForAppend(this.path);
      await this.#handle.sync();
      await this.close();
    });
  }

  /** The whole file was received and checked: gives it its name. */
  async finish(): Promise<void> {
    await rename(this.path, this.target);
    await rm(this.#sidecar, { force: true });
  }

  /** A failing disk is told apart from a failing connection, which is worth another attempt. */
  async #onDisk(write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      throw diskError(error, this.target);
    }
  }
}

function parseValidator(text: string): Validator | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // Half written when the power went: then the beginning cannot be trusted either.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  if (!isJsonObject(value)) return undefined;
  const { etag, checksum } = value;
  return {
    ...(typeof etag === 'string' && { etag }),
    ...(typeof checksum === 'string' && { checksum }),
  };
}
