// npm run test:host: bundles the host tests and runs them in a real VS Code by @vscode/test-electron: in the desktop editor where
// it is there or can be downloaded, in the browser-hosted one otherwise.
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { downloadAndUnzipVSCode, runTests } from '@vscode/test-electron';
import { bundleHostTests } from './bundle.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const downloadPatienceMs = 8000;

/** The desktop VS Code to test in, or undefined: no screen to show it on, or no way to download it. */
const desktopVscode = async (): Promise<string | undefined> => {
  const named = process.env['LOUPE_TEST_VSCODE'];
  if (named !== undefined && named !== 'browser') return named;
  const hasScreen = process.platform !== 'linux' || process.env['DISPLAY'] !== undefined;
  if (named === 'browser' || !hasScreen) return undefined;
  try {
    return await downloadAndUnzipVSCode({ timeout: downloadPatienceMs });
  } catch (error) {
    console.log(`  desktop VS Code cannot be downloaded (${String(error)}): using the browser-hosted one`);
    return undefined;
  }
};

const tests = await bundleHostTests(root, process.env['LOUPE_TEST_FILES'] ?? '');
if (tests === undefined) throw new Error('No host test matches.');
const scratch = await mkdtemp(path.join(tmpdir(), 'loupe-workspace-'));
try {
  const folder = path.join(scratch, 'examples');
  await cp(path.join(root, 'examples'), folder, { recursive: true });
  const desktop = await desktopVscode();
  await runTests({
    vscodeExecutablePath: desktop ?? path.join(import.meta.dirname, 'browserVscode.ts'),
    extensionDevelopmentPath: root,
    extensionTestsPath: tests,
    launchArgs: [folder, '--disable-extensions', `--user-data-dir=${path.join(scratch, 'user')}`],
  });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await rm(scratch, { recursive: true, force: true });
}
