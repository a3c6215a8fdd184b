import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { hubTools, type HubTools } from '../../../src/core/models/hub/hubContext.ts';
import type { LocalModel } from '../../../src/core/models/modelDescription.ts';
import { openModel, type OpenOptions } from '../../../src/core/models/openModel.ts';
import { LoupeError, type ErrorCode } from '../../../src/shared/errors.ts';
import { HubServer, type HubOptions } from './hubServer.ts';
import { modelFiles, onnxBytes, temporaryFolders } from './modelFolders.ts';

export const graph = 'onnx/model_quantized.onnx';
export const graphBytes = onnxBytes(300_000);

/** As in use, but impatient. */
export const quickTools: HubTools = { ...hubTools, stallMs: 150, backOffMs: [1, 1, 1] };

export const wholeModel = [
  'acme/tiny/.loupe-hub.json',
  'acme/tiny/README.md',
  'acme/tiny/config.json',
  'acme/tiny/onnx/model_quantized.onnx',
  'acme/tiny/tokenizer.json',
  'acme/tiny/tokenizer_config.json',
];

/** A hub with one model, `acme/tiny`, and an empty cache, both anew for every test. */
export class HubFixture {
  readonly #folders = temporaryFolders();
  #server: HubServer | undefined;
  cache = '';

  async setUp(): Promise<void> {
    this.cache = await this.#folders.make();
  }

  async tearDown(): Promise<void> {
    await this.stop();
    await this.#folders.removeAll();
  }

  async serve(options: Partial<HubOptions> = {}): Promise<HubServer> {
    this.#server = new HubServer({ files: modelFiles({ [graph]: graphBytes }), ...options });
    await this.#server.start();
    return this.#server;
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
    this.#server = undefined;
  }

  open(
    server: { readonly endpoint: string },
    options: OpenOptions & { readonly reference?: string } = {},
  ): Promise<LocalModel> {
    const places = {
      starterDirectory: '/nowhere',
      cacheDirectory: this.cache,
      hubEndpoint: `${server.endpoint}/`,
    };
    const reference = options.reference ?? 'hub:acme/tiny';
    return openModel(reference, 'text-classification', places, { tools: quickTools, ...options });
  }

  /** All files in the cache, in order. */
  async files(): Promise<readonly string[]> {
    const entries = await readdir(this.cache, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(this.cache, path.join(entry.parentPath, entry.name)))
      .sort();
  }

  async isWhole(): Promise<boolean> {
    const content = await readFile(path.join(this.cache, 'acme/tiny', graph));
    return content.equals(graphBytes);
  }
}

export async function rejects(work: Promise<unknown>, code: ErrorCode, words?: RegExp): Promise<void> {
  const error = await work.then(
    () => assert.fail(`expected ${code}, but it worked`),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof LoupeError, String(error));
  assert.equal(error.code, code, error.message);
  if (words) assert.match(error.message, words);
}
