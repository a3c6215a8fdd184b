// What the packed extension holds: a list of what goes in, never a list of what stays out.
import { cp, mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { root } from './packages.mjs';

/**
 * Where the natives of each target are: onnxruntime's folder of its bin/, and the tokenizers' package. onnxruntime ships no binary
 * for macOS on Intel and for Linux with musl, so there is no VSIX for them.
 */
export const natives = /** @type {const} */ ({
  'linux-x64': { onnxruntime: 'linux/x64', tokenizers: 'linux-x64-gnu' },
  'linux-arm64': { onnxruntime: 'linux/arm64', tokenizers: 'linux-arm64-gnu' },
  'darwin-arm64': { onnxruntime: 'darwin/arm64', tokenizers: 'darwin-universal' },
  'win32-x64': { onnxruntime: 'win32/x64', tokenizers: 'win32-x64-msvc' },
});

/** @typedef {keyof typeof natives} Target one of vsce's */

/** Files and folders of the repository that go in as they are. */
const ours = [
  'CHANGELOG.md',
  'LICENSE',
  'README.md',
  'package.nls.json',
  'package.nls.pt-br.json',
  'l10n',
  'media',
  'examples',
];

/** Bundles; source maps and the command line stay out. */
export const bundles = [
  'extension.cjs',
  'inference.cjs',
  'lane.cjs',
  'attention.cjs',
  'attention-panel.js',
  'attention-panel.css',
  'attention-standalone.js',
  'attention-notebook.js',
];

/** Files that the build puts beside the bundles: what exports of attention read when they run. */
const beside = ['DejaVuSans.ttf', 'resvg.wasm'];

/** Fields of package.json that only development reads. */
const developmentFields = [
  'scripts',
  'devDependencies',
  'dependencies',
  'overrides',
  'bin',
  'type',
  'private',
];

/** @param {string} file */
const isThere = (file) =>
  stat(file).then(
    () => true,
    () => false,
  );

/**
 * Copies a native package's files that are loaded when Loupe runs.
 * @param {string} from
 * @param {string} to
 * @param {string[]} names files and folders inside the package
 */
const copyPackage = async (from, to, names) => {
  await mkdir(to, { recursive: true });
  for (const name of [...names, 'LICENSE', 'LICENSE.md', 'LICENSE.txt'])
    if (await isThere(path.join(from, name)))
      await cp(path.join(from, name), path.join(to, name), {
        recursive: true,
        dereference: true,
        filter: (file) => !/\.(map|d\.ts)$/.test(file),
      });
};

/**
 * The versions of one macOS library lie there twice under two names; the binding loads `libonnxruntime.1.dylib`.
 * @param {string} folder
 */
const dropDoubles = async (folder) => {
  const names = await readdir(folder);
  if (!names.includes('libonnxruntime.1.dylib')) return;
  for (const name of names)
    if (/^libonnxruntime\.\d+\.\d+\.\d+\.dylib$/.test(name)) await rm(path.join(folder, name));
};

/**
 * Puts the extension for one target together in an empty folder, as vsce then packs it. The native packages lie in
 * dist/node_modules, where the bundles' require finds them and vsce does not leave them out.
 * @param {string} folder
 * @param {Target} target
 * @param {(name: string) => Promise<string>} findPackage folder of an npm package that may belong to another platform
 */
export const stage = async (folder, target, findPackage) => {
  await mkdir(path.join(folder, 'dist'), { recursive: true });
  for (const name of ours)
    if (await isThere(path.join(root, name)))
      await cp(path.join(root, name), path.join(folder, name), { recursive: true, dereference: true });
  for (const name of await readdir(path.join(root, 'dist')))
    if (beside.includes(name) || bundles.some((bundle) => name === bundle || name === `${bundle}.LEGAL.txt`))
      await cp(path.join(root, 'dist', name), path.join(folder, 'dist', name));

  const modules = path.join(root, 'node_modules');
  const into = path.join(folder, 'dist/node_modules');
  const { onnxruntime, tokenizers } = natives[target];
  const binaries = `bin/napi-v6/${onnxruntime}`;
  await copyPackage(path.join(modules, 'onnxruntime-node'), path.join(into, 'onnxruntime-node'), [
    'package.json',
    'dist',
    binaries,
  ]);
  await dropDoubles(path.join(into, 'onnxruntime-node', binaries));
  await copyPackage(path.join(modules, 'onnxruntime-common'), path.join(into, 'onnxruntime-common'), [
    'package.json',
    'dist/cjs',
  ]);
  await copyPackage(path.join(modules, '@anush008/tokenizers'), path.join(into, '@anush008/tokenizers'), [
    'package.json',
    'index.js',
  ]);
  const binding = `@anush008/tokenizers-${tokenizers}`;
  await copyPackage(await findPackage(binding), path.join(into, binding), [
    'package.json',
    `tokenizers.${tokenizers}.node`,
  ]);

  const manifest = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
  for (const field of developmentFields) delete manifest[field];
  await writeFile(path.join(folder, 'package.json'), JSON.stringify(manifest, null, 2));
};
