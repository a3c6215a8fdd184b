import { mkdir, readFile, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { root } from './packages.mjs';

/**
 * Makes a folder of installed extensions that holds this clone alone, by a link: VS Code's server finds it as it finds an unpacked
 * VSIX, and a reload of the window takes a new build.
 * @param {string} extensionsFolder emptied first
 */
export const linkExtension = async (extensionsFolder) => {
  const { publisher, name, version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
  await rm(extensionsFolder, { recursive: true, force: true });
  await mkdir(extensionsFolder, { recursive: true });
  await symlink(root, path.join(extensionsFolder, `${publisher}.${name}-${version}`), 'dir');
};
