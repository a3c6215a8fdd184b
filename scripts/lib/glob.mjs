import { readdir } from 'node:fs/promises';
import path from 'node:path';

/**
 * All files under a folder whose names end so, sorted; none when the folder is not there. (Node 20 has no fs.glob.)
 * @param {string} folder
 * @param {string} ending
 */
export const glob = async (folder, ending) => {
  const entries = await readdir(folder, { recursive: true }).catch((error) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return entries
    .filter((name) => name.endsWith(ending))
    .map((name) => path.join(folder, name))
    .sort();
};
