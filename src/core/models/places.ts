import os from 'node:os';
import path from 'node:path';

/** Where models are looked for. */
export interface ModelPlaces {
  /** Folder of the starter models that ship with Loupe, one folder each. */
  readonly starterDirectory: string;
  /**
   * Folder of downloaded models in the layout of transformers.js's file cache: `<owner>/<name>/[<revision>/]<file>`.
   * Starters installed on demand are in its `.starters` folder: no hub owner's name begins with a dot.
   */
  readonly cacheDirectory: string;
  /** Base address of the model hub; a trailing slash is allowed. */
  readonly hubEndpoint: string;
  /** Relative folders in references start here; without it they are refused. */
  readonly baseDirectory?: string;
}

/** The hub that is asked unless a setting or the environment names another one (the same as transformers.js asks). */
export const defaultHubEndpoint = 'https://huggingface.co';

/** Folder of starters that were installed on demand. */
export function installedStartersDirectory(places: ModelPlaces): string {
  return path.join(places.cacheDirectory, '.starters');
}

/**
 * The cache folder that the command line and the extension share unless told otherwise: `LOUPE_CACHE`, else the
 * platform's folder for caches (XDG on Linux), in it `loupe/models`.
 */
export function defaultCacheDirectory(
  environment: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
  home: string = os.homedir(),
): string {
  const own = environment['LOUPE_CACHE'];
  if (own !== undefined && own !== '') return path.resolve(own);
  return path.join(platformCache(environment, platform, home), 'loupe', 'models');
}

function platformCache(
  environment: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
  home: string,
): string {
  if (platform === 'darwin') return path.join(home, 'Library', 'Caches');
  if (platform === 'win32') return environment['LOCALAPPDATA'] ?? path.join(home, 'AppData', 'Local');
  // The specification says that a relative XDG_CACHE_HOME is to be ignored.
  const xdg = environment['XDG_CACHE_HOME'];
  return xdg !== undefined && path.isAbsolute(xdg) ? xdg : path.join(home, '.cache');
}
