import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

/** Bytes that pass for an ONNX file of `size` bytes or more: ir_version, and a graph of filler. */
export function onnxBytes(size = 64): Buffer {
  const length = Math.max(1, size - 6);
  const varint: number[] = [];
  for (let rest = length; ; rest = Math.floor(rest / 128)) {
    varint.push((rest % 128) + (rest >= 128 ? 128 : 0));
    if (rest < 128) break;
  }
  const filler = Buffer.alloc(length);
  for (let index = 0; index < length; index++) filler[index] = (index * 31 + (index >> 8)) % 251;
  return Buffer.concat([Buffer.from([0x08, 8, 0x3a, ...varint]), filler]);
}

export const bertConfig = {
  model_type: 'bert',
  architectures: ['BertForSequenceClassification'],
  id2label: { '0': 'negative', '1': 'positive' },
  max_position_embeddings: 512,
};

export type FolderFiles = Readonly<Record<string, string | Uint8Array | object>>;

/** A whole model folder's files; `changes` replace some (undefined: left out). */
export function modelFiles(
  changes: Readonly<Record<string, FolderFiles[string] | undefined>> = {},
): FolderFiles {
  const files: Record<string, FolderFiles[string]> = {
    'config.json': bertConfig,
    'tokenizer.json': { version: '1.0', model: { type: 'WordPiece', vocab: {} } },
    'tokenizer_config.json': { model_max_length: 512 },
    'README.md': '---\nlanguage: en\nlicense: apache-2.0\n---\n# A model\n',
    'onnx/model_quantized.onnx': onnxBytes(),
  };
  for (const [name, content] of Object.entries(changes)) {
    if (content !== undefined) files[name] = content;
  }
  return Object.fromEntries(
    Object.entries(files).filter(([name]) => !(name in changes) || changes[name] !== undefined),
  );
}

export function toBytes(content: FolderFiles[string]): Buffer {
  if (content instanceof Uint8Array) return Buffer.from(content);
  return Buffer.from(typeof content === 'string' ? content : JSON.stringify(content));
}

export async function writeFolder(directory: string, files: FolderFiles): Promise<string> {
  await mkdir(directory, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(directory, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, toBytes(content));
  }
  return directory;
}

/** All files below a folder, by their paths with `/`. */
export async function readFolder(directory: string): Promise<FolderFiles> {
  const files: Record<string, Buffer> = {};
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    files[path.relative(directory, file).replaceAll(path.sep, '/')] = await readFile(file);
  }
  return files;
}

/** A folder for one test, gone after it. */
export function temporaryFolders(): {
  readonly make: () => Promise<string>;
  readonly removeAll: () => Promise<void>;
} {
  const made: string[] = [];
  return {
    make: async () => {
      const directory = await mkdtemp(path.join(os.tmpdir(), 'loupe-models-'));
      made.push(directory);
      return directory;
    },
    removeAll: async () => {
      for (const directory of made.splice(0)) await rm(directory, { recursive: true, force: true });
    },
  };
}
