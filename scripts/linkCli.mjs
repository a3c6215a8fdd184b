// Makes dist/cli.mjs executable. `npx loupe` in the clone finds the package's own bin (npm 10 and 11 link the clone into npx's
// cache, also offline); npm sets the bit only when it makes that link, and a bundle written anew has lost it.
import { chmod } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** Sets the executable bit of the bundled command line. */
export const makeCliExecutable = () => chmod(path.join(import.meta.dirname, '../dist/cli.mjs'), 0o755);

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await makeCliExecutable();
