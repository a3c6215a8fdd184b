// The licences of everything in a packed extension that others wrote.
import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { root } from './packages.mjs';

const packageName = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//;

/** Names of the packages that esbuild put into the bundles, from its metafiles. @param {string[]} bundles */
const bundledPackages = async (bundles) => {
  /** @type {import('esbuild').Metafile[]} */
  const metafiles = JSON.parse(await readFile(path.join(root, 'dist/meta.json'), 'utf8'));
  return metafiles
    .flatMap(({ outputs }) => Object.entries(outputs))
    .filter(([file]) => bundles.includes(path.basename(file)))
    .flatMap(([, { inputs }]) => Object.keys(inputs))
    .flatMap((input) => packageName.exec(input)?.[0] ?? []);
};

/** @param {string} folder @param {RegExp} name */
const readFirst = async (folder, name) => {
  const file = (await readdir(folder)).find((entry) => name.test(entry));
  return file === undefined ? '' : (await readFile(path.join(folder, file), 'utf8')).trim();
};

/**
 * Writes THIRD_PARTY_NOTICES.txt: each package that is bundled or lies in dist, whole or in part, with its version, licence and text.
 * @param {string} folder the staged extension
 * @param {string[]} bundles file names of the bundles in it
 */
export const writeNotices = async (folder, bundles) => {
  const native = ['onnxruntime-node', 'onnxruntime-common', '@anush008/tokenizers', 'dejavu-fonts-ttf'].map(
    (name) => `node_modules/${name}/`,
  );
  const folders = [...new Set([...(await bundledPackages(bundles)), ...native])].sort();
  const parts = [];
  for (const inside of folders) {
    const where = path.join(root, inside);
    const { name, version, license } = JSON.parse(await readFile(path.join(where, 'package.json'), 'utf8'));
    const text = await readFirst(where, /^(licen[cs]e|copying)(\.|$|-)/i);
    parts.push(`${name} ${version} (${license ?? 'licence in its text'})\n\n${text}`);
  }
  const head = 'Loupe contains parts of these packages. Each is under its own licence.';
  await writeFile(
    path.join(folder, 'THIRD_PARTY_NOTICES.txt'),
    `${[head, ...parts].join(`\n\n${'-'.repeat(80)}\n\n`)}\n`,
  );
  return folders.length;
};
