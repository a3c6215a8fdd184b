// npm run screenshots: takes the README's pictures (media/readme/*.png) anew, from the real thing.
import path from 'node:path';
import { ensureBrowser } from './lib/browser.mjs';
import { build, checkNode, ensurePackages, root } from './lib/packages.mjs';
import { createRunner } from './lib/processes.mjs';
import { ensureVscodeHost } from './lib/vscodeHost.mjs';

checkNode();
const runner = createRunner();
const log = (/** @type {string} */ text) => console.log(text);
await ensurePackages(runner, log);
const built = await build(runner);
const browser = await ensureBrowser({ runner, log });
if (built.code !== 0 || 'missing' in browser) {
  console.error('missing' in browser ? browser.missing : 'The build failed: its message is above.');
  process.exit(1);
}
const taken = await runner.run(
  process.execPath,
  ['--import', 'tsx', path.join('test', 'ui', 'readmePictures.ts')],
  {
    cwd: root,
    env: {
      LOUPE_TEST_BROWSER: browser.executable,
      LOUPE_TEST_HOST: JSON.stringify(await ensureVscodeHost({ runner, log })),
    },
  },
);
process.exit(taken.code);
